#!/usr/bin/python3
"""Every query of every dashboard against a real Prometheus that scrapes the landscape of the demo."""
import copy
import json
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

DASHBOARDS = sorted((ROOT / "dashboards").glob("*.json"))


class Dashboards(Case):
    def started(self, process):
        self.addCleanup(self.stopped_well, process)

    def scraped(self, exporters=1, **options):
        """The landscape, exporters of it, and the Prometheus that scraped each more than once."""
        binary = shutil.which("prometheus")
        if binary is None:
            raise unittest.SkipTest("prometheus is not there (tests/fetch-tools)")
        landscape = Landscape(self.folder, self.started, **options)
        readers = [landscape.exporter() for _ in range(exporters)]
        prometheus = Prometheus(binary, self.folder, readers)
        self.addCleanup(prometheus.stop)
        prometheus.wait_scraped(exporters)
        return landscape, readers, prometheus

    def refreshed(self, readers, prometheus):
        """Something goes wrong at each, and counters grow between two scrapes."""
        for reader in readers:
            reader.refresh("acme-prod")
        wait_for(lambda: prometheus.query("sum(increase(btp_source_errors_total[1m])) > 0"), 30, "errors are counted")
        wait_for(lambda: prometheus.query("sum(increase(btp_certificate_cache_hits_total[1m])) > 0"), 30, "hits")
        # the queries are asked for the full second before, at which there has to be more than one sample, too
        wait_for(lambda: prometheus.query("min(count_over_time(up[1m])) > 3"), 30, "some scrapes")

    def queries(self, prometheus, **fixed):
        problems, queries = check_queries.check(prometheus.url, DASHBOARDS, fixed, seconds=300)
        self.assertEqual(problems, [])
        self.assertGreater(queries, 100)

    def test_every_query(self):
        landscape, readers, prometheus = self.scraped()
        landscape.service.faults({"endpoint": "saml_active", "status": 500})
        self.refreshed(readers, prometheus)
        self.queries(prometheus, name="shop-backend.pem")
        for name in ("our team's app.pem", "emea/finance/invoice scan.pem", "Zertifikat f\u00fcr M\u00fcller & S\u00f6hne.cer"):
            self.named(prometheus, name)

    def test_the_rules_read_what_the_page_shows(self):
        landscape = Landscape(self.folder, self.started)
        page = self.folder / "page.txt"
        page.write_text(landscape.exporter().get("/metrics")[2])
        print(harness.run("/usr/bin/python3", ROOT / "alerts" / "tests" / "check-metrics", "--page", page).stdout)

    def named(self, prometheus, name):
        """One with a name that has to be quoted; it need not have labels, users and twins."""
        problems, _ = check_queries.check(prometheus.url, [ROOT / "dashboards" / "certificate.json"], {"name": name}, 300)
        panels = {re.match(r"[^/]*/ [^/]* / ([^:]*): \w: no data", problem) for problem in problems}
        self.assertNotIn(None, panels, problems)
        self.assertLessEqual({found.group(1) for found in panels},
                             {"Labels", "Who uses it", "Also in"})

    def test_two_exporters_with_the_same_sources(self):
        landscape, readers, prometheus = self.scraped(2, poll_interval="7d")
        landscape.service.faults({"endpoint": "saml_active", "status": 500})
        self.refreshed(readers, prometheus)
        # for a while, one of them still shows what the other does not any more
        renewed = copy.deepcopy(landscape.service.scenario)
        for certificate in renewed["tenants"][0]["subaccount"]["certificates"]:
            if certificate["name"] == "shop-backend.pem":
                certificate["file"] = "ec256.pem"
        landscape.service.change(renewed)
        landscape.service.faults({"endpoint": "saml_active", "status": 500})
        readers[0].refresh("acme-prod")
        fingerprints = ('count(count by (fingerprint_sha256) (btp_certificate_info{source="acme-prod",level="subaccount",'
                        'name="shop-backend.pem",position="0"}))')
        wait_for(lambda: [r["value"][1] for r in prometheus.query(fingerprints)] == ["2"], 30, "they do not agree")
        self.queries(prometheus, name="shop-backend.pem")
        # every certificate is counted once
        for panel in check_queries.panels_of(json.loads((ROOT / "dashboards" / "landscape.json").read_text())):
            if panel["title"] == "Certificates":
                expression = re.sub(r'=~"\$\w+"', '=~".*"', panel["targets"][0]["expr"])
                counted = float(prometheus.query(expression)[0]["value"][1])
        self.assertEqual(counted, len(readers[1].metrics().series("btp_certificate_info")))


if __name__ == "__main__":
    unittest.main()
