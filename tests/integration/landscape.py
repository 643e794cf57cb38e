"""
The landscape of scripts/demo, for tests that look at it as a whole: a source for each way in (a client
secret, an X.509 binding, a Cloud Connector, a folder of files), read by one or more real exporters, scraped
by a real Prometheus.

Not a test: test_dashboards.py and others start from here, and so does tests/dashboards/pictures.
"""
import http.client
import json
import shutil
import urllib.parse

import connector
import harness
from harness import Exporter, Process, Simulator, free_port, run, wait_for

PARTNER_PASSWORD = "partner-secret"
CONNECTOR_PASSWORD = "CANARY-monitor:password"
JOB = "btp_cert_exporter"
SOURCES = ("acme-prod", "acme-integration", "scc-walldorf", "files")


def sources_yaml(folder, keys, scc, poll_interval):
    return f"""\
defaults:
  poll_interval: {poll_interval}
sources:
  - id: acme-prod
    name: ACME production (simulated)
    system_id: PRD
    kind: destination-service
    binding_file: {folder}/secret-key.json
    ca_file: {keys}/ca.pem
    labels: true
    keystore_passwords:
      - {{ name: "partner-*.p12", password_file: {folder}/partner-password.txt }}
  - id: acme-integration
    name: ACME integration instance (simulated, X.509 binding)
    system_id: PRD
    kind: destination-service
    binding_file: {folder}/x509-key.json
    ca_file: {keys}/ca.pem
    levels: [instance]
  - id: scc-walldorf
    name: Cloud Connector Walldorf (simulated)
    system_id: PRD
    kind: cloud-connector
    url: {scc.url}
    username: monitor
    password_file: {folder}/connector-password.txt
    tls_fingerprint_sha256: "{scc.fingerprint()}"
  - id: files
    name: Keystores of an application server
    system_id: DEV
    kind: directory
    paths: ["{folder}/*.jks", "{folder}/*.jceks", "{folder}/*.p7b", "{folder}/supplier*"]
"""


class Landscape:
    """`started(process)` is called for every program that begins, so that the test can end it."""

    def __init__(self, folder, started, poll_interval="1h"):
        self.folder = folder
        self.started = started
        self.stores = folder / "landscape"
        shutil.copytree(harness.stores(), self.stores)
        self.service = self._start_service()
        self.connector = self._start_connector()
        (self.stores / "partner-password.txt").write_text(PARTNER_PASSWORD + "\n")
        (self.stores / "connector-password.txt").write_text(CONNECTOR_PASSWORD + "\n")
        self.config = sources_yaml(self.stores, self.service.keys, self.connector, poll_interval)

    def _start_service(self):
        make = harness.TESTS / "data" / "stores" / "demo-scenario"
        run(make, self.stores)
        service = Simulator(json.loads((self.stores / "scenario.json").read_text()), self.stores)
        self.started(service)
        ports = self.stores / "ports.json"
        ports.write_text(json.dumps(service.ports))
        run(make, self.stores, "--ports", ports, "--pki", service.keys)
        return service

    def _start_connector(self):
        folder = self.folder / "connector"
        run(harness.TESTS / "data" / "cloud-connector" / "demo-scenario", folder)
        # in addition to the certificate that it made for itself
        scenario = json.loads((folder / "scenario.json").read_text())
        scc = connector.Connector(scenario, folder, server=folder / "ui", client_ca=False)
        self.started(scc)
        return scc

    def exporter(self, *flags, **options):
        """One that has tried every source; several may read the same landscape."""
        exporter = Exporter(self.config, self.folder, *flags, **options)
        self.started(exporter)
        exporter.ready()
        return exporter


class Prometheus(Process):
    """A real one, that scrapes these exporters (and what `jobs` adds) into `data`."""

    def __init__(self, binary, folder, exporters, data=None, rules=(), interval="1s", jobs=(), more=None,
                 names=(), flags=()):
        """`names` are what the exporters are called in the label instance."""
        self.port = free_port()
        groups = [{"targets": [f"127.0.0.1:{exporter.port}"]} for exporter in exporters]
        for group, name in zip(groups, names):
            group["labels"] = {"instance": name}
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": interval, "evaluation_interval": interval},
            "rule_files": [str(rule) for rule in rules],
            "scrape_configs": [{"job_name": JOB, "static_configs": groups}, *jobs],
            **(more or {})}))
        super().__init__([binary, f"--config.file={config}", f"--storage.tsdb.path={data or folder / 'tsdb'}",
                          f"--web.listen-address=127.0.0.1:{self.port}", "--storage.tsdb.retention.time=365d",
                          "--log.level=warn", *flags])

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def api(self, path, **parameters):
        """The whole answer of the HTTP API as it came: status, data, error, warnings."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        connection.request("GET", f"/api/v1/{path}?" + urllib.parse.urlencode(parameters, doseq=True))
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def query(self, expression):
        try:
            return self.api("query", query=expression)["data"]["result"]
        except (OSError, ValueError):  # not up yet
            return []

    def wait_scraped(self, number=1, seconds=60):
        wait_for(lambda: len([r for r in self.query(f'up{{job="{JOB}"}}') if r["value"][1] == "1"]) >= number,
                 seconds, "the targets are up")
