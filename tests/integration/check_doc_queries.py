#!/usr/bin/python3
"""Every ```promql block of the given Markdown files must be a query that promtool understands.

check_doc_queries.py FILE... : the blocks become recording rules, and promtool checks the rules.
"""
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```promql\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def queries(path):
    with open(path, encoding="utf-8") as file:
        return BLOCK.findall(file.read())


def rules(texts):
    lines = ["groups:", "  - name: documentation", "    rules:"]
    for number, text in enumerate(texts):
        lines.append(f"      - record: query:{number}")
        lines.append("        expr: |")
        lines.extend("          " + line for line in text.splitlines())
    return "\n".join(lines) + "\n"


def check(path):
    texts = queries(path)
    if not texts:
        print(f"{path}: no query", file=sys.stderr)
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(rules(texts))
        file.flush()
        run = subprocess.run(["promtool", "check", "rules", file.name], check=False, text=True,
                             capture_output=True)
    print(f"{path}: {len(texts)} queries")
    if run.returncode != 0:
        print(run.stdout + run.stderr, file=sys.stderr)
    return run.returncode == 0


def main():
    results = [check(path) for path in sys.argv[1:]]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
