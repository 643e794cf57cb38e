"""A Cloud Connector for the integration tests: the simulator, scenarios, sources."""
import json
import os

import harness
from harness import CANARY, Process

SIM = os.environ.get("CONNECTOR_BIN", "")
RECORDINGS = harness.TESTS / "data" / "cloud-connector"
REGION = "cf.eu10.hana.ondemand.com"
PASSWORD = f"{CANARY}-scc-p\u00e4ss:w\u00f6rd"
# every call that the exporter may make, under the simulator's names
CALLS = {"version", "ha_role", "has_master_role", "ping", "ha_master_state", "ha_shadow_state", "alerting",
         "ui_certificate", "system_certificate", "ca_certificate", "truststore", "email_truststore", "subaccounts",
         "corrupted_subaccounts", "subaccount", "idps", "channels", "monitoring_certificates",
         "monitoring_subaccounts", "memory", "disk", "cpu", "alerts"}


class Connector(Process):
    """A Cloud Connector; `control` talks to the person at its keyboard."""

    def __init__(self, scenario, folder, server="server", name="connector", client_ca=True, port=0):
        self.folder = folder
        self.keys = harness.pki()
        self.scenario = scenario
        self.server = self.keys / f"{server}.pem"  # or a path, without .pem
        path = folder / f"{name}.json"
        path.write_text(json.dumps(scenario))
        super().__init__([SIM, "--scenario", path, "--tls-cert", self.server,
                          "--tls-key", f"{self.server.with_suffix('')}-key.pem", "--port", str(port)]
                         + (["--client-ca", self.keys / "client-ca.pem"] if client_ca else []))
        self.ports = json.loads(self.wait_text("stdout_text", r"\{.*\}").group(0))

    control = harness.Simulator.control
    faults = harness.Simulator.faults
    stats = harness.Simulator.stats
    requests = harness.Simulator.requests
    change = harness.Simulator.change

    @property
    def url(self):
        return f"https://localhost:{self.ports['port']}"

    def fingerprint(self, file=None):
        text = harness.run("openssl", "x509", "-in", file or self.server, "-noout", "-fingerprint", "-sha256").stdout
        return text.strip().split("=")[1]


def subaccount(name, days=100, region=REGION, **more):
    """A subaccount whose certificate expires in `days` days, issued a year and an hour before."""
    document = {"region_host": region, "subaccount": name, "display_name": name.title(),
                "certificate": {"subject": f"CN={name},O=SAP SE,C=DE", "serial": "0" + name.encode().hex(),
                                "issuer": "CN=SAP Cloud Platform Client CA,OU=SAP Cloud Platform Clients,O=SAP SE,C=DE",
                                "not_before": f"-{(365 - days) * 24 + 1}h" if days < 365 else "-1h",
                                "not_after": f"{days * 24:+d}h"}}
    document.update(more)
    return document


def scenario(*subaccounts, **more):
    """A connector with a monitoring user."""
    document = {"version": "2.19.1", "subaccounts": list(subaccounts),
                "users": [{"name": "monitor", "password": PASSWORD, "role": "sccmonitoring"}]}
    document.update(more)
    return document


def source_yaml(sim, source_id="scc", ca=True, **settings):
    """`password` is a file; None leaves a setting out."""
    values = {"url": sim.url, "username": "monitor", "password_file": str(password_file(sim.folder)),
              "ca_file": str(sim.keys / "ca.pem") if ca else None, **settings}
    lines = [f"  - id: {source_id}", "    kind: cloud-connector"]
    lines += [f"    {key}: {json.dumps(value)}" for key, value in values.items() if value is not None]
    return "\n".join(lines) + "\n"


def password_file(folder, password=PASSWORD):
    path = folder / "scc.txt"
    if not path.exists():
        path.write_text(password + "\n")
    return path
