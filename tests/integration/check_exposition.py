#!/usr/bin/python3
"""Judges pages of metrics by parsers that nobody here wrote.

check_exposition.py FILE... : promtool check metrics and prometheus_client's two parsers. A file
whose name has "openmetrics" in it is OpenMetrics 1.0.0, any other is text 0.0.4. The only remark
that promtool may have is the base unit of the days, which is on purpose.
"""
import subprocess
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

ALLOWED = {'btp_certificate_days_until_expiry use base unit "seconds" instead of "days"'}


def series(families):
    """Every sample once, and each family once."""
    seen = set()
    names = set()
    for family in families:
        if family.name in names:
            raise ValueError(f"family {family.name} is there twice")
        names.add(family.name)
        if not family.documentation:
            raise ValueError(f"family {family.name} has no help")
        if family.type not in ("gauge", "counter", "histogram"):
            raise ValueError(f"family {family.name} is of type {family.type}")
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            if key in seen:
                raise ValueError(f"series is there twice: {key}")
            if sample.value != sample.value:
                raise ValueError(f"not a number: {key}")
            seen.add(key)
    return seen


def promtool(path):
    with open(path, "rb") as page:
        run = subprocess.run(["promtool", "check", "metrics"], stdin=page, text=True,
                             capture_output=True, check=False)
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line]
    return [line for line in lines if line not in ALLOWED]


def check(path):
    with open(path, encoding="utf-8", newline="") as file:
        page = file.read()
    if "openmetrics" in path.rsplit("/", 1)[-1]:
        found = series(openmetrics_parser.text_string_to_metric_families(page))
        problems = []
    else:
        found = series(parser.text_string_to_metric_families(page))
        problems = promtool(path)
    if not found:
        problems.append("no sample")
    for problem in problems:
        print(f"{path}: {problem}", file=sys.stderr)
    print(f"{path}: {len(found)} series")
    return not problems


def main():
    results = [check(path) for path in sys.argv[1:]]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
