#!/usr/bin/python3
"""Random inventories with hostile texts, rendered and read back by other people's parsers.

check_renderings.py PRINT_PAGE : both metric formats by prometheus_client and promtool, JSON and CSV
by Python's own modules. All renderings of one inventory must tell the same.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import check_exposition  # noqa: E402

IDENTITY = ("source", "level", "name", "entry", "position")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rendered(program, kind, count, seed):
    run = subprocess.run([program, kind, str(count), str(seed)], check=True, capture_output=True)
    return run.stdout


def reject_constant(name):
    raise ValueError(f"{name} is not JSON")


def parse_json(data):
    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a member is there twice")
        return dict(pairs)

    return json.loads(data.decode("utf-8"), object_pairs_hook=unique,
                      parse_constant=reject_constant)


def parse_csv(data):
    text = data.decode("utf-8")
    if not text.endswith("\r\n"):
        raise ValueError("CSV must end with CRLF")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        for column, value in row.items():
            if column != "days_until_expiry" and value.startswith(FORMULA):
                raise ValueError(f"{column} would be run: {value}")
    return rows


def undefused(value):
    return value[1:] if value[:1] == "'" and value[1:2] in FORMULA else value


def check_metrics(program, count, seed):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for kind in ("text", "openmetrics"):
            path = os.path.join(folder, kind)
            with open(path, "wb") as file:
                file.write(rendered(program, kind, count, seed))
            paths.append(path)
        return all([check_exposition.check(path) for path in paths])


def names_of(label):
    """The names in a label `san`, as docs/metrics.md says."""
    names = re.findall(r"(?:^|,)((?:\\[\\,]|[^,])*)", label) if label else []
    return [re.sub(r"\\([\\,])", r"\1", name) for name in names]


def metric_identities(program, count, seed):
    page = rendered(program, "text", count, seed).decode("utf-8")
    families = check_exposition.parser.text_string_to_metric_families(page)
    return {tuple(sample.labels[label] for label in IDENTITY): sample.labels
            for family in families if family.name == "btp_certificate_info"
            for sample in family.samples}


def check_reports(program, count, seed):
    certificates = parse_json(rendered(program, "json", count, seed))["certificates"]
    rows = parse_csv(rendered(program, "csv", count, seed))
    infos = metric_identities(program, count, seed)
    assert len(certificates) == len(rows) == len(infos) == count
    for certificate, row in zip(certificates, rows):
        identity = tuple(str(certificate[label]) for label in IDENTITY)
        info = infos[identity]
        for label in ("subject", "issuer", "serial_number", "type", "role", "format"):
            assert certificate[label] == info[label] == undefused(row[label]), label
        assert info["san"] == undefused(row["san"])
        assert names_of(info["san"]) == certificate["san"][:16] + ["…"] * (len(certificate["san"]) > 16)
        assert (certificate["not_after"] or "") == row["not_after"]
        assert (certificate["renewal"] or "") == row["renewal"]
        assert certificate["status"] == row["status"]
    stores = parse_json(rendered(program, "stores", count, seed))["stores"]
    assert sum(store["certificates"] for store in stores) == count
    sources = parse_json(rendered(program, "sources", count, seed))["sources"]
    assert sum(source["certificates"] for source in sources) == count
    assert sum(source["stores"] for source in sources) == len(stores)


def main():
    program = sys.argv[1]
    good = True
    for count, seed in ((1, 1), (7, 2), (40, 3), (300, 4), (1000, 5)):
        good = check_metrics(program, count, seed) and good
        check_reports(program, count, seed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
