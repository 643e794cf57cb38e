#!/usr/bin/python3
"""
Page, JSON, CSV, the table of --once, metrics and the queries of the dashboards count the same things on the landscape
of the demo: while all is well, while the Destination service is down, and after a restart from the state file.
"""
import csv
import html.parser
import io
import json
import math
import re
import shutil
import sys
import unittest

import harness
from harness import Case, wait_for
from landscape import Landscape, Prometheus

ROOT = harness.TESTS.parent
sys.path.insert(0, str(ROOT / "tests" / "dashboards"))
import check_queries  # noqa: E402

IDENTITY = ("source", "level", "name", "entry", "position")
DAY = 86400
NOBODY_KNOWS = "?"


class Page(html.parser.HTMLParser):
    """The cards, and the rows of the tables by the id of their section: {column: text}, without any script."""

    def __init__(self, text):
        super().__init__()
        self.cards, self.tables, self.text = [], {}, ""
        self.table = self.row = self.cell = self.card = self.age = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and "card" in given.get("class", ""):
            self.card = {"status": given["data-f"], "number": "", "text": ""}
            self.cards.append(self.card)
        elif tag == "table":
            self.table = self.tables.setdefault(given["data-t"], [])
        elif tag == "tr" and self.table is not None:
            self.row = {}
            self.table.append(self.row)
        elif tag == "td":
            self.cell = given["data-l"]
            self.row[self.cell] = ""
        elif tag == "small" and given.get("class") == "old" and self.row is not None:
            self.row.setdefault("old", set()).add(self.cell)
        elif tag == "time" and self.cell is not None:
            self.row.setdefault("times", []).append((self.cell, given["datetime"]))

    def handle_endtag(self, tag):
        if tag == "a":
            self.card = None
        elif tag == "td":
            self.cell = None
        elif tag == "table":
            self.table[:] = [row for row in self.table if row]  # without the titles
            self.table = self.row = None

    def handle_data(self, data):
        self.text += data
        if self.card is not None:
            self.card["text" if self.card["number"] else "number"] += data
        elif self.cell is not None:
            self.row[self.cell] += data

    def number(self, text):
        found = [card["number"] for card in self.cards if card["text"].startswith(text)]
        assert len(found) == 1, (text, self.cards)
        return found[0]

    def by_status(self):
        return {card["status"]: int(card["number"]) for card in self.cards if card["status"]}


class Agreement(Case):
    def started(self, process):
        self.addCleanup(self.stopped_well, process)

    def read(self, exporter):
        """Everything that one instance says, of one moment: no attempt ended in between."""
        def attempts():
            return exporter.metrics().series("btp_source_last_attempt_timestamp_seconds")

        def look():
            before = attempts()
            said = {
                "page": Page(exporter.get("/")[2]),
                "certificates": json.loads(exporter.get("/api/v1/certificates")[2])["certificates"],
                "stores": json.loads(exporter.get("/api/v1/stores")[2])["stores"],
                "sources": json.loads(exporter.get("/api/v1/sources")[2])["sources"],
                "csv": list(csv.DictReader(io.StringIO(exporter.get("/api/v1/certificates?format=csv")[2], newline=""))),
                "metrics": exporter.metrics(),
            }
            return said if before == attempts() else None
        return wait_for(look, 60, "a moment between two attempts")

    def counts(self, said):
        """What the metrics count, which everybody else has to count, too."""
        metrics = said["metrics"]
        return {
            "certificates": len(metrics.series("btp_certificate_info")),
            "stores": len(metrics.series("btp_certificate_store_state")),
            "problems": len([1 for labels, _ in metrics.series("btp_certificate_store_state") if labels["state"] != "ok"]),
            "missing": len(metrics.series("btp_destination_certificate_missing")),
            "down": len([1 for _, value in metrics.series("btp_source_up") if value == 0]),
            "status": {status: len(metrics.series("btp_certificate_status", status=status))
                       for status in ("expired", "expiring", "valid", "not_yet_valid", "unknown")},
        }

    def check_figures(self, said):
        counts, page = self.counts(said), said["page"]
        self.assertEqual(page.by_status(), counts["status"])
        self.assertEqual(sum(page.by_status().values()), counts["certificates"], "the cards add up")
        self.assertEqual(len(page.tables["certificates"]), counts["certificates"])
        self.assertEqual(len(said["certificates"]), counts["certificates"])
        self.assertEqual(len(said["csv"]), counts["certificates"])
        self.assertEqual(len(said["stores"]), counts["stores"])
        self.assertEqual(sum(source["certificates"] for source in said["sources"]), counts["certificates"])
        for status, number in counts["status"].items():
            self.assertEqual(len([c for c in said["certificates"] if c["status"] == status]), number, status)
            self.assertEqual(len([c for c in said["csv"] if c["status"] == status]), number, status)
        self.assertEqual(int(page.number("stores with problems")), counts["problems"])
        self.assertEqual(len(page.tables["stores"]), counts["problems"])
        self.assertEqual(len([s for s in said["stores"] if s["state"] != "ok"]), counts["problems"])
        self.assertEqual(sum(source["stores_not_ok"] for source in said["sources"]), counts["problems"])
        self.assertEqual(int(page.number("sources down")), counts["down"])
        self.assertEqual(len([s for s in said["sources"] if s["up"] is False]), counts["down"])
        return counts

    def check_days(self, said):
        """Rounded down on the page. A day may begin between two answers."""
        days = {}
        for certificate in said["certificates"]:
            left = certificate["days_until_expiry"]
            if left is not None:
                days.setdefault(certificate["not_after"], {math.floor(left), math.floor(left + 600 / DAY),
                                                           math.floor(left - 600 / DAY)})
        for row in said["page"].tables["certificates"]:
            end = dict(row["times"]).get("Expires")
            if end is not None:
                self.assertIn(int(row["Days"]), days[end], row)
            if row["Status"].startswith("Expired"):
                self.assertLess(int(row["Days"]), 0, "an expired one never has 0 days left")

    def check_ages(self, said, stale_sources):
        """What is older knowledge is marked, with the same time everywhere; what is not, is not."""
        stores = {(s["source"], s["level"], s["name"]): s for s in said["stores"]}
        by_identity = {tuple(str(c[key]) for key in IDENTITY): c for c in said["certificates"]}
        for row in said["csv"]:
            certificate = by_identity[tuple(row[key].lstrip("'") for key in IDENTITY)]
            self.assertEqual(row["stale"], str(certificate["stale"]).lower())
            self.assertEqual(row["as_of"], certificate["as_of"] or "")
        for certificate in said["certificates"]:
            store = stores[tuple(certificate[key] for key in IDENTITY[:3])]
            self.assertEqual((certificate["stale"], certificate["as_of"]), (store["stale"], store["as_of"]))
            # its own certificate comes from the service key, which exists
            if certificate["level"] != "binding":
                self.assertEqual(certificate["stale"], certificate["source"] in stale_sources, certificate)
        for source in said["sources"]:
            self.assertEqual(source["stale"], source["source"] in stale_sources)
        marked = [row for row in said["page"].tables["certificates"] if "Status" in row.get("old", ())]
        self.assertEqual(len(marked), len([c for c in said["certificates"] if c["stale"]]))
        self.assertEqual(sorted(time for row in marked for cell, time in row["times"] if cell == "Status"),
                         sorted(c["as_of"] for c in said["certificates"] if c["stale"]))
        self.assertEqual("Older knowledge is shown" in said["page"].text, bool(stale_sources))

    def source(self, said, name):
        return next(s for s in said["sources"] if s["source"] == name)

    # ---- dashboards
    def panel(self, prometheus, title, column=None):
        """The value of a panel of one number, None where it shows that nothing is known."""
        panels = check_queries.panels_of(json.loads((ROOT / "dashboards" / "landscape.json").read_text()))
        panel = next(p for p in panels if p["title"] == title)
        target = next(t for t in panel["targets"] if column is None or t["refId"] == column)
        answer = prometheus.query(re.sub(r'=~"\$\w+"', '=~".*"', target["expr"]))
        if column is None:
            return int(float(answer[0]["value"][1])) if answer else None
        return {series["metric"]["source"]: int(float(series["value"][1])) for series in answer}

    def check_dashboards(self, prometheus, said, counts, missing):
        def agree():
            return {"Certificates": self.panel(prometheus, "Certificates"),
                    "Expired": self.panel(prometheus, "Expired"),
                    "Stores with problems": self.panel(prometheus, "Stores with problems"),
                    "Missing": self.panel(prometheus, "Missing"),
                    "Sources down": self.panel(prometheus, "Sources down"),
                    "by source": self.panel(prometheus, "Sources", "J")} == wanted
        wanted = {"Certificates": counts["certificates"], "Expired": counts["status"]["expired"],
                  "Stores with problems": counts["problems"], "Missing": missing, "Sources down": counts["down"],
                  "by source": {s["source"]: len(s["missing"]) for s in said["sources"] if not s["missing_stale"]}}
        wait_for(agree, 60, f"the dashboards count {wanted}")

    # ---- the table
    def check_table(self, exporter, counts):
        """The last line of --once, which reads the landscape by itself."""
        last = harness.command("--config.file", exporter.config, "--once").stdout.rstrip().splitlines()[-1]
        self.assertIn(f"{counts['certificates']} certificates in {counts['stores']} stores of 4 sources", last)
        self.assertRegex(last, rf"\b{counts['problems']} stores (with problems|could not be read)")
        self.assertIn(f"{counts['missing']} references to missing certificates", last)
        for status, number in counts["status"].items():
            self.assertEqual(re.findall(rf"\b(\d+) {status}\b", last), [str(number)] if number else [], last)

    # ---- the tests
    def check_well(self, said):
        counts = self.check_figures(said)
        self.check_days(said)
        self.check_ages(said, ())
        self.assertEqual((counts["down"], counts["missing"]), (0, 3))
        self.assertGreater(counts["status"]["not_yet_valid"], 0)
        self.assertIn("empty", {store["state"] for store in said["stores"]})
        prod = self.source(said, "acme-prod")
        self.assertEqual((len(prod["missing"]), prod["missing_stale"]), (3, False))
        self.assertEqual(said["page"].number("missing references"), "3")
        self.assertEqual(len(said["page"].tables["missing"]), 3)
        # one level only: whether a certificate is on the other one is never known
        single = self.source(said, "acme-integration")
        self.assertEqual((single["missing"], single["missing_stale"]), (None, True))
        self.assertIn("only its level instance is configured", said["page"].text)
        return counts

    def check_outage(self, said, before):
        counts = self.check_figures(said)
        self.check_days(said)
        self.check_ages(said, ("acme-prod", "acme-integration"))
        self.assertEqual(counts["missing"], 0, "metrics: nothing is certain")
        self.assertEqual(counts["certificates"], before["certificates"], "all is kept")
        page = said["page"]
        self.assertEqual(page.number("missing references"), NOBODY_KNOWS)
        prod = self.source(said, "acme-prod")
        self.assertEqual((len(prod["missing"]), prod["missing_stale"]), (3, True))
        self.assertTrue(all(row["stale"] and row["as_of"] for row in prod["missing"]))
        self.assertIsNone(self.source(said, "acme-integration")["missing"])
        self.assertEqual(len(page.tables["missing"]), 3)
        self.assertTrue(all("old" in row for row in page.tables["missing"]))
        self.assertRegex(page.text, r"What is missing of ACME production \(simulated\) cannot be said now: .* ago; 3 were missing then")
        self.assertNotIn("that a destination refers to exists", page.text)
        # who uses a certificate is older knowledge, or not known; never nobody
        for certificate in said["certificates"]:
            if certificate["source"] in ("acme-prod", "acme-integration") and certificate["position"] == 0:
                if certificate["level"] != "binding":
                    self.assertNotEqual(certificate["destinations"], [], certificate)
                self.assertTrue(all(user["stale"] for user in certificate["destinations"] or ()))
        return counts

    def test_figures(self):
        landscape = Landscape(self.folder, self.started, poll_interval="7d")
        state = self.folder / "state.json"
        exporter = landscape.exporter("--state.file", state)
        prometheus = self.prometheus(exporter)
        said = self.read(exporter)
        before = self.check_well(said)
        self.check_table(exporter, before)
        if prometheus:
            self.check_dashboards(prometheus, said, before, 3)
        landscape.service.faults({"kind": "status", "status": 500})
        exporter.refresh("acme-prod", seconds=90)
        wait_for(lambda: exporter.metrics().value("btp_source_up", source="acme-integration") == 0, 60, "both are down")
        said = self.read(exporter)
        during = self.check_outage(said, before)
        self.assertEqual(during["down"], 2)
        if prometheus:
            self.check_dashboards(prometheus, said, during, None)
        self.check_restart(landscape, state, exporter, before)
        landscape.service.faults()
        exporter.refresh("acme-prod", seconds=90)
        wait_for(lambda: exporter.metrics().value("btp_source_up", source="acme-integration") == 1, 60, "both are up")
        said = self.read(exporter)
        self.check_well(said)

    def check_restart(self, landscape, state, exporter, before):
        """Another instance begins with what the first one kept, and cannot read it either."""
        kept = self.folder / "kept.json"
        shutil.copy(state, kept)
        again = landscape.exporter("--state.file", kept)
        said = self.read(again)
        self.check_outage(said, before)
        was = {(c["source"], c["name"]): c["as_of"] for c in self.read(exporter)["certificates"] if c["stale"]}
        now = {(c["source"], c["name"]): c["as_of"] for c in said["certificates"] if c["stale"]}
        self.assertEqual(now, was, "a restart makes nothing younger")

    def prometheus(self, exporter):
        binary = shutil.which("prometheus")
        if binary is None:
            print("without prometheus (tests/fetch-tools) the dashboards are not asked", file=sys.stderr)
            return None
        prometheus = Prometheus(binary, self.folder, [exporter])
        self.addCleanup(prometheus.stop)
        prometheus.wait_scraped()
        return prometheus


if __name__ == "__main__":
    unittest.main()
