#!/usr/bin/python3
"""Independent judges on the running demo landscape: promtool, prometheus_client, a real Prometheus."""
import http.client
import json
import shutil
import subprocess
import unittest
import urllib.parse

import harness
from harness import Case, Process, free_port, run, wait_for

DAYS = "btp_certificate_days_until_expiry"


def find(tool):
    path = shutil.which(tool)
    if path is None:
        raise unittest.SkipTest(f"{tool} is not there (tests/fetch-tools)")
    return path


class Judges(Case):
    def landscape(self):
        """The landscape of scripts/demo."""
        data = harness.TESTS / "data" / "stores"
        folder = self.folder / "demo"
        shutil.copytree(harness.stores(), folder)
        run(data / "demo-scenario", folder)
        sim = self.simulator_in(folder)
        ports = self.write("ports.json", sim.ports)
        run(data / "demo-scenario", folder, "--ports", ports, "--pki", sim.keys)
        config = "sources:\n" + harness.source_yaml(folder / "secret-key.json", sim.keys / "ca.pem", "demo",
                                                    system_id="PRD", labels=True)
        exporter = self.exporter(config)
        exporter.ready()
        return exporter

    def simulator_in(self, folder):
        document = json.loads((folder / "scenario.json").read_text())
        sim = harness.Simulator(document, folder)
        self.addCleanup(self.stopped_well, sim)
        return sim

    def test_promtool_and_parsers(self):
        exporter = self.landscape()
        text = exporter.get("/metrics")[2]
        self.assertGreaterEqual(len(harness.Samples(text).series("btp_certificate_info")), 30)
        result = subprocess.run([find("promtool"), "check", "metrics"], input=text, text=True, capture_output=True)
        remarks = [line for line in (result.stdout + result.stderr).splitlines() if line]
        self.assertEqual(remarks, [f'{DAYS} use base unit "seconds" instead of "days"'])
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
        from prometheus_client.parser import text_string_to_metric_families as plain
        accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
        status, headers, om_text = exporter.get("/metrics", headers=accept)
        self.assertIn("openmetrics", headers["Content-Type"])
        series = lambda families: {(s.name, tuple(sorted(s.labels.items()))) for f in families for s in f.samples
                                   if s.name.startswith("btp_certificate")}
        self.assertEqual(series(plain(text)), series(openmetrics(om_text)))

    def test_a_real_prometheus(self):
        prometheus = find("prometheus")
        exporter = self.landscape()
        port = free_port()
        config = self.write("prometheus.yml", {
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "btp", "static_configs": [
                {"targets": [f"127.0.0.1:{exporter.port}"]}]}]})
        server = Process([prometheus, f"--config.file={config}", f"--storage.tsdb.path={self.folder}/tsdb",
                          f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"])
        self.addCleanup(server.stop)

        def query(expression):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
                connection.request("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
                answer = json.loads(connection.getresponse().read())
                connection.close()
                return answer["data"]["result"]
            except (OSError, ValueError):  # not up yet
                return []
        wait_for(lambda: [r for r in query('up{job="btp"}') if r["value"][1] == "1"], 60, "the target is up")
        found = {(r["metric"]["name"], r["metric"]["level"], r["metric"].get("destination", ""))
                 for r in wait_for(lambda: query(f"{DAYS} < 30"), 30, "days")}
        own = exporter.metrics()
        wanted = {(l["name"], l["level"], l["destination"]) for l, value in own.series(DAYS) if value < 30}
        self.assertEqual(found, wanted)
        for name, destination in (("today.pem", "TAX_REPORT"), ("gen-weekly.pem", "MAIL_OUT"),
                                  ("emea/finance/invoice scan.pem", "INVOICE_SCAN")):
            self.assertIn((name, destination), {(n, d) for n, _, d in found})
        self.assertEqual(query('count(btp_certificate_status{status="expired"}) > 0') != [], True)


if __name__ == "__main__":
    unittest.main()
