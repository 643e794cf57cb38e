#!/usr/bin/python3
"""
1 000 certificates and 500 destinations in one subaccount, 50 ms a request: how long a refresh takes, and
that an unchanged one decodes nothing and moves little. Times are printed, not asserted.
"""
import unittest

from harness import Case, scenario, stores


class Scale(Case):
    def test_thousand_certificates(self):
        files = [str(stores() / name) for name in ("shop-backend.pem", "api-gateway.pem", "hr-connector.pem")]
        document = scenario(
            {"certificates": [{"name": "load-{n}.pem", "repeat": 1000, "files": files}],
             "destinations": [{"Name": "D-{n}", "Type": "HTTP", "URL": "https://d-{n}.example/odata",
                               "Authentication": "ClientCertificateAuthentication", "ProxyType": "Internet",
                               "KeyStoreLocation": "load-{n}.pem", "$repeat": 500}]},
            service={"latency_ms": 50})
        sim, exporter = self.service(document)
        first, metrics = sim.stats(), exporter.metrics()
        requests = first["requests"]
        lasted = metrics.value("btp_source_refresh_duration_seconds_sum")
        ideal = requests * 0.05 / 4
        print(f"\nfirst refresh: {requests} requests, {lasted:.2f} s = {lasted / ideal:.2f} x requests * 50 ms / 4, "
              f"{first['bytes_out']} bytes")
        self.assertEqual(metrics.value("btp_certificate_stores", level="subaccount"), 1000)
        self.assertEqual(len(metrics.series("btp_certificate_reference")), 500)
        self.assertLessEqual(first["max_parallel_service"], 4)
        misses = metrics.value("btp_certificate_cache_misses_total")
        sim.control("POST", "/reset")
        again = exporter.refresh(seconds=120)
        stats = sim.stats()
        print(f"unchanged: {stats['requests']} requests, {stats['bytes_out']} bytes = "
              f"{100 * stats['bytes_out'] / first['bytes_out']:.1f} %")
        self.assertEqual(again.value("btp_certificate_cache_misses_total"), misses, "nothing decoded")
        self.assertLess(stats["bytes_out"], first["bytes_out"] / 10)
        self.assertEqual(stats["endpoints"]["certificate_public_keys"], {"304": 1000})


if __name__ == "__main__":
    unittest.main()
