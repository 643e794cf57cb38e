#!/usr/bin/python3
"""Every query of every dashboard against a real Prometheus that scrapes the landscape of the demo."""
import pathlib
import shutil
import sys
import time
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

    def scraped(self, exporters=1):
        """The landscape, exporters of it, and the Prometheus that scraped each more than once."""
        binary = shutil.which("prometheus")
        if binary is None:
            raise unittest.SkipTest("prometheus is not there (tests/fetch-tools)")
        landscape = Landscape(self.folder, self.started)
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

    def queries(self, prometheus, **fixed):
        problems, queries = check_queries.check(prometheus.url, DASHBOARDS, fixed, seconds=300)
        self.assertEqual(problems, [])
        self.assertGreater(queries, 100)

    def test_every_query(self):
        landscape, readers, prometheus = self.scraped()
        landscape.service.faults({"endpoint": "saml_active", "status": 500})
        self.refreshed(readers, prometheus)
        self.queries(prometheus, name="shop-backend.pem")

    def test_two_exporters_with_the_same_sources(self):
        landscape, readers, prometheus = self.scraped(2)
        landscape.service.faults({"endpoint": "saml_active", "status": 500})
        self.refreshed(readers, prometheus)
        # one of them knows another certificate than the other, and another name of the source
        self.queries(prometheus, name="shop-backend.pem")
        one = prometheus.query('count(count by (instance) (btp_cert_exporter_build_info))')
        self.assertEqual(one[0]["value"][1], "2")


if __name__ == "__main__":
    unittest.main()
