#!/usr/bin/python3
"""
deploy/compose without containers: every file that it mounts exists, names of services agree, and Grafana's provisioning
has the fields that its documentation lists. tests/container/test-compose runs all but Grafana.
"""
import json
import pathlib
import re
import shutil
import subprocess
import os
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "compose"
TOOLS = ROOT / "build" / "tools" / "usr" / "bin"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]


def mounts(service):
    """Pairs of source and target, defaults of variables put in."""
    for text in SERVICES[service].get("volumes", []):
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
        parts = text.split(":")
        yield parts[0], parts[1]


class Compose(unittest.TestCase):
    def test_sources_exist(self):
        for service in SERVICES:
            for source, _ in mounts(service):
                if source.startswith("."):
                    expected = (FOLDER / source).resolve()
                    self.assertTrue(expected.exists() or source == "./prod.json", f"{service}: {source}")
                else:
                    self.assertIn(source, COMPOSE["volumes"], service)
        for service in "exporter", "simulators":
            build = SERVICES[service]["build"]
            context, file = (build, "Dockerfile") if isinstance(build, str) else (build["context"], build["dockerfile"])
            self.assertTrue(((FOLDER / context).resolve() / file).exists(), service)

    def test_volumes_are_used(self):
        used = {source for service in SERVICES for source, _ in mounts(service)}
        self.assertLessEqual(set(COMPOSE["volumes"]), used)

    def test_only_this_machine(self):
        for name, service in SERVICES.items():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), name)

    def test_exporter_is_confined(self):
        for name in "exporter", "exporter-demo":
            service = SERVICES[name]
            self.assertIs(service["read_only"], True)
            self.assertEqual((service["cap_drop"], service["security_opt"]), (["ALL"], ["no-new-privileges:true"]))

    def test_names_agree(self):
        """Prometheus asks for names that the network knows in each profile."""
        prometheus = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
        names = set(SERVICES) | set(SERVICES["simulators"]["networks"]["default"]["aliases"])
        for job in prometheus["scrape_configs"]:
            for target in job["static_configs"][0]["targets"]:
                self.assertIn(target.split(":")[0], names)
        self.assertIn("exporter", SERVICES["simulators"]["networks"]["default"]["aliases"])
        target, = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
        self.assertIn(target.split(":")[0], SERVICES)
        self.assertEqual(prometheus["rule_files"], ["btp_cert_exporter.rules.yml"])
        self.assertIn("/etc/prometheus/btp_cert_exporter.rules.yml", [target for _, target in mounts("prometheus")])

    def test_promtool(self):
        tool = shutil.which("promtool", path=f"{TOOLS}:{os.environ['PATH']}")
        if tool is None:
            self.skipTest("promtool is missing")
        result = subprocess.run([tool, "check", "config", "--syntax-only", FOLDER / "prometheus.yml"], text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_simulators_context(self):
        """What its Dockerfile copies is not left out of what the engine gets."""
        ignored = (ROOT / ".dockerignore").read_text().splitlines()
        allowed = [line[1:] for line in ignored if line.startswith("!")]
        for file in "Dockerfile", "deploy/compose/simulators/Dockerfile":
            for line in (ROOT / file).read_text().splitlines():
                words = line.split()
                if words[:1] != ["COPY"] or words[1].startswith("--from"):
                    continue
                for source in words[1:-1]:
                    self.assertTrue((ROOT / source).exists(), f"{file}: {source}")
                    self.assertTrue(any(source == a or source.startswith(a + "/") for a in allowed), f"{file}: {source}")


class Grafana(unittest.TestCase):
    provisioning = FOLDER / "grafana" / "provisioning"
    DATASOURCE = {"name", "uid", "type", "access", "url", "isDefault", "editable", "jsonData"}
    PROVIDER = {"name", "folder", "type", "allowUiUpdates", "updateIntervalSeconds", "options"}

    def test_folders(self):
        """Grafana reads these names below the folder that is mounted."""
        self.assertIn("/etc/grafana/provisioning", [target for _, target in mounts("grafana")])
        self.assertEqual({p.name for p in self.provisioning.iterdir()}, {"datasources", "dashboards"})
        for path in self.provisioning.rglob("*.*"):
            self.assertIn(path.suffix, (".yml", ".yaml"))

    def test_data_source(self):
        document = yaml.safe_load((self.provisioning / "datasources" / "prometheus.yml").read_text())
        self.assertEqual((set(document), document["apiVersion"]), ({"apiVersion", "datasources"}, 1))
        source, = document["datasources"]
        self.assertEqual(set(source) - self.DATASOURCE, set())
        self.assertEqual((source["type"], source["access"], source["isDefault"]), ("prometheus", "proxy", True))
        host, port = re.fullmatch(r"http://([a-z]+):(\d+)", source["url"]).groups()
        self.assertTrue(SERVICES[host]["ports"][0].endswith(f":{port}"))
        interval = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["global"]["scrape_interval"]
        self.assertEqual(source["jsonData"]["timeInterval"], interval)

    def test_dashboards(self):
        document = yaml.safe_load((self.provisioning / "dashboards" / "btp.yml").read_text())
        self.assertEqual((set(document), document["apiVersion"]), ({"apiVersion", "providers"}, 1))
        provider, = document["providers"]
        self.assertEqual(set(provider) - self.PROVIDER, set())
        self.assertEqual(provider["type"], "file")
        path = provider["options"]["path"]
        source = {target: source for source, target in mounts("grafana")}[path]
        dashboards = list((FOLDER / source).resolve().glob("*.json"))
        self.assertGreaterEqual(len(dashboards), 4)
        # two with one uid, or one that names a data source of its own, Grafana would refuse
        uids = [json.loads(p.read_text())["uid"] for p in dashboards]
        self.assertEqual(len(uids), len(set(uids)))
        home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
        self.assertEqual(home.rsplit("/", 1)[0], path)
        self.assertTrue((FOLDER / source / home.rsplit("/", 1)[1]).exists())


if __name__ == "__main__":
    unittest.main()
