#!/usr/bin/python3
"""
Runs every query of the dashboards against a Prometheus, with the values of their variables, as Grafana would.

check_queries.py URL DASHBOARD.json... [--set NAME=VALUE] [--range SECONDS]

Fails on: an error or a warning of the API, an empty result, a label in a legend that the result does not have,
a variable without values or one that is left over in a query.
"""
import argparse
import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)")
LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LABEL_VALUES = re.compile(r"^label_values\((?:(.+),\s*)?(\w+)\)$", re.DOTALL)
STEP = 15
# Panels that are rightly empty in the landscape of the demo, with the reason: (dashboard, title, query) -> reason.
MAY_BE_EMPTY = {}


class Prometheus:
    def __init__(self, url):
        self.url = url.rstrip("/")

    def api(self, path, **parameters):
        """The data and the complaints of one call."""
        address = f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters, doseq=True)
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                document = json.load(answer)
        except urllib.error.HTTPError as error:
            document = json.load(error)
        complaints = document.get("warnings", []) + document.get("infos", [])
        if document["status"] != "success":
            complaints.append(document["error"])
        return document.get("data"), complaints


def escape(value):
    """As Grafana's Prometheus data source does it with the values of a variable that is a list."""
    return re.sub(r"[$^*{}\[\]'+?.()|]", r"\\\\\g<0>", value.replace("\\", "\\\\\\\\"))


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


class Check:
    def __init__(self, prometheus, fixed, seconds):
        self.prometheus = prometheus
        self.fixed = fixed
        self.end = int(time.time())
        self.start = self.end - seconds
        self.problems = []
        self.queries = 0
        self.title = ""

    def problem(self, text):
        self.problems.append(f"{self.title}: {text}")

    def substitute(self, text, values):
        def value(found):
            name, form = found.group(1) or found.group(3), found.group(2)
            if name not in values:
                return found.group(0)
            if form == "regex":
                return re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", values[name])
            return values[name]
        return VARIABLE.sub(value, text)

    def variables(self, dashboard):
        """Their values with All chosen, asked for in their order, as they depend on each other."""
        span = self.end - self.start
        values = {"__rate_interval": f"{max(60, 4 * STEP)}s", "__interval": f"{STEP}s", "__interval_ms": str(STEP * 1000),
                  "__range": f"{span}s", "__range_s": str(span), "__range_ms": str(span * 1000)}
        for variable in dashboard["templating"]["list"]:
            name = variable["name"]
            if variable["type"] == "datasource":
                values[name] = "prometheus"
                continue
            found = LABEL_VALUES.match(variable["query"]["query"])
            if variable["type"] != "query" or not found:
                self.problem(f"variable {name}: cannot read {variable['query']}")
                continue
            selector, label = found.groups()
            selector = self.substitute(selector, values)
            options, complaints = self.prometheus.api(
                f"label/{label}/values", start=self.start, end=self.end, **({"match[]": selector} if selector else {}))
            for complaint in complaints:
                self.problem(f"variable {name}: {complaint}")
            if not options:
                self.problem(f"variable {name}: no values: {selector}")
                continue
            if variable["multi"]:
                values[name] = variable.get("allValue") or "(" + "|".join(escape(o) for o in options) + ")"
                if name in self.fixed and self.fixed[name] in options:
                    values[name] = escape(self.fixed[name])
            else:
                values[name] = self.fixed.get(name, options[0])
                if values[name] not in options:
                    self.problem(f"variable {name}: {values[name]} is not one of {options}")
        return values

    def run(self, target, values):
        expression = self.substitute(target["expr"], values)
        left = [f.group(0) for f in VARIABLE.finditer(re.sub(r'"[^"]*"', "", expression))]
        if left:
            self.problem(f"not resolved: {left} in {expression}")
            return
        if target.get("instant"):
            data, complaints = self.prometheus.api("query", query=expression, time=self.end)
        else:
            data, complaints = self.prometheus.api("query_range", query=expression, start=self.start, end=self.end, step=STEP)
        for complaint in complaints:
            self.problem(f"{complaint}: {expression}")
        if data is None:
            return
        if not data["result"] and (self.title, target["refId"]) not in MAY_BE_EMPTY:
            self.problem(f"{target['refId']}: no data: {expression}")
        for label in LEGEND.findall(target.get("legendFormat", "")):
            # an entry without a name is an empty label, which is left out of a result
            if any(label not in series["metric"] for series in data["result"]) and label != "entry":
                self.problem(f"{target['refId']}: the legend wants {label}, which a series lacks")

    def columns(self, panel, values):
        """Every column of a table that is meant to come from a label is in a result."""
        if panel["type"] != "table":
            return
        labels = {"Value"} | {f"Value #{t['refId']}" for t in panel["targets"]}
        for target in panel["targets"]:
            data, _ = self.prometheus.api("query", query=self.substitute(target["expr"], values), time=self.end)
            for series in (data or {}).get("result", []):
                labels |= set(series["metric"])
        for transformation in panel["transformations"]:
            if transformation["id"] == "organize":
                for name in transformation["options"].get("includeByName", {}):
                    label = name.split(" (")[0]
                    # an empty label is left out of a result
                    if label not in labels and not any(re.search(rf"\b{label}\b", t["expr"]) for t in panel["targets"]):
                        self.problem(f"the column {name} is in no result")

    def dashboard(self, path):
        dashboard = json.loads(pathlib.Path(path).read_text())
        self.title = dashboard["title"]
        values = self.variables(dashboard)
        for panel in panels_of(dashboard):
            self.title = f"{dashboard['title']} / {panel['title']}"
            for target in panel.get("targets", []):
                self.queries += 1
                self.run(target, values)
            self.columns(panel, values)


def check(url, paths, fixed=None, seconds=3600):
    """The problems, and how many queries were run."""
    run = Check(Prometheus(url), fixed or {}, seconds)
    for path in paths:
        run.dashboard(path)
    return run.problems, run.queries


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("dashboards", nargs="+")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="choose a value of a variable")
    parser.add_argument("--range", type=int, default=3600, metavar="SECONDS")
    arguments = parser.parse_args()
    problems, queries = check(arguments.url, arguments.dashboards, dict(s.split("=", 1) for s in arguments.set),
                              arguments.range)
    for problem in problems:
        print(problem)
    print(f"{queries} queries, {len(problems)} problems")
    return 1 if problems or not queries else 0


if __name__ == "__main__":
    sys.exit(main())
