#!/usr/bin/python3
"""
The manifests for Cloud Foundry: their fields, and the program started as they say, in the environment that Cloud Foundry
gives (cloudfoundry.json), against the simulated Destination service.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import http.client

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

import yaml  # noqa: E402

import harness  # noqa: E402
from harness import EXPORTER, Case, Process, free_port, scenario, wait_for  # noqa: E402

FOLDER = ROOT / "deploy" / "cloudfoundry"
RECORDED = json.loads((pathlib.Path(__file__).parent / "cloudfoundry.json").read_text())
# what the manifest's reference lists for an application, as far as it is used here
ATTRIBUTES = {"name", "docker", "instances", "memory", "disk_quota", "health-check-type", "health-check-http-endpoint",
              "routes", "services", "path", "stack", "buildpacks", "command"}
PARAMETERS = {"docker", "instances", "memory", "disk-quota", "health-check-type", "health-check-http-endpoint", "routes",
              "stack", "buildpack", "command"}


def manifest(name):
    return yaml.safe_load((FOLDER / name).read_text())


def application(name):
    applications = manifest(name)["applications"]
    assert len(applications) == 1
    return applications[0]


class Manifests(unittest.TestCase):
    def test_manifests(self):
        for name in "manifest.yml", "binary/manifest.yml":
            with self.subTest(name):
                self.assertEqual(set(manifest(name)), {"applications"})
                app = application(name)
                self.assertEqual(set(app) - ATTRIBUTES, set())
                self.assertEqual((app["health-check-type"], app["health-check-http-endpoint"]), ("http", "/-/healthy"))
                self.assertEqual(app["services"], ["destination"])
                for route in app["routes"]:  # metrics are nobody's business
                    self.assertTrue(route["route"].endswith(".apps.internal"))

    def test_image_without_a_shell(self):
        """A command would be started by /bin/sh, which the image does not have."""
        self.assertNotIn("command", application("manifest.yml"))
        self.assertNotIn("command", manifest("mta.yaml")["modules"][0]["parameters"])

    def test_mta(self):
        """Both descriptors say the same as the manifests."""
        for name, manifest_name in ("mta.yaml", "manifest.yml"), ("binary/mta.yaml", "binary/manifest.yml"):
            with self.subTest(name):
                mta = manifest(name)
                self.assertEqual(set(mta), {"_schema-version", "ID", "version", "description", "modules", "resources"})
                module, = mta["modules"]
                self.assertEqual(module["type"], "application")
                self.assertLessEqual(set(module), {"name", "type", "path", "build-parameters", "parameters", "requires"})
                parameters = module["parameters"]
                self.assertEqual(set(parameters) - PARAMETERS, set())
                app = application(manifest_name)
                for key, value in parameters.items():
                    if key == "buildpack":
                        self.assertEqual([value], app["buildpacks"])
                    elif key != "docker":
                        self.assertEqual(value, app[key.replace("disk-quota", "disk_quota")], key)
                self.assertEqual(module.get("path"), app.get("path"))
                resource, = mta["resources"]
                self.assertEqual(module["requires"], [{"name": resource["name"]}])
                self.assertEqual(resource["type"], "org.cloudfoundry.managed-service")
                self.assertEqual((resource["parameters"]["service"], resource["parameters"]["service-plan"]), ("destination", "lite"))

    def test_version(self):
        text = subprocess.run([EXPORTER, "--version"], text=True, capture_output=True, check=True).stdout
        for name in "mta.yaml", "binary/mta.yaml":
            self.assertIn(f"version {manifest(name)['version']} ", text.splitlines()[0])

    def test_make_app(self):
        """The folder has the program and its libraries, and nothing that an engine adds; the engine is a stand-in."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            binary = folder / "binary"
            binary.mkdir()
            (binary / "make-app").write_bytes((FOLDER / "binary" / "make-app").read_bytes())
            engine = folder / "engine"
            engine.write_text(f"""#!/bin/sh
echo "$@" >>{folder}/calls
case $1 in
create) echo the-container ;;
export) mkdir -p {folder}/root/usr/bin {folder}/root/etc && touch {folder}/root/usr/bin/btp_cert_exporter &&
	tar -c -C {folder}/root etc usr ;;
esac
""")
            engine.chmod(0o755)
            (binary / "make-app").chmod(0o755)
            harness.run(binary / "make-app", "some/image", env={**os.environ, "ENGINE": str(engine)})
            self.assertEqual(sorted(p.name for p in (binary / "app").rglob("*")), ["bin", "btp_cert_exporter", "usr"])
            self.assertEqual((folder / "calls").read_text(), "create some/image\nexport the-container\nrm the-container\n")


def environment(kind, credentials, port):
    services = json.loads(json.dumps(RECORDED["VCAP_SERVICES"]))
    services["destination"][0]["credentials"] = credentials
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **RECORDED["both"], **RECORDED[kind],
            "VCAP_APPLICATION": json.dumps(RECORDED["VCAP_APPLICATION"]), "VCAP_SERVICES": json.dumps(services),
            "PORT": str(port), "VCAP_APP_PORT": str(port),
            # the simulator's certificate is not from a public authority
            "SSL_CERT_FILE": str(harness.pki() / "ca.pem"), **harness.sanitizer_env()}


class Pushed(Case):
    def get(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def check(self, app, process, port):
        """What the platform and a Prometheus ask for, and that the memory limit is enough."""
        self.addCleanup(process.stop)
        process.wait_text("stderr_text", rf"msg=listening address=\S+:{port} ")
        self.assertEqual(self.get(port, app["health-check-http-endpoint"])[0], 200)
        wait_for(lambda: self.get(port, "/-/ready")[0] == 200, what="ready")
        status, body = self.get(port, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('btp_source_up{source="destination"} 1', body)
        self.assertRegex(body, r'btp_certificate_expiry_timestamp_seconds\{source="destination",[^}]*name="a\.pem"')
        self.assertNotIn(harness.CANARY, process.stderr_text)
        resident = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.process.pid}/status").read_text()).group(1))
        self.assertLess(resident * 1024, int(app["memory"].rstrip("M")) * 1000000 // 2)

    def pushed(self, kind, port, **more):
        certificate = {"name": "a.pem", "file": str(harness.make_certificate(self.folder, "a", days=90))}
        sim = self.simulator(scenario(subaccount={"certificates": [certificate]}))
        return {**environment(kind, sim.key(), port), **more}

    def test_docker(self):
        """The entry point of the image without any flag: the port comes from PORT."""
        port = free_port()
        env = self.pushed("docker", port)
        self.check(application("manifest.yml"), Process([EXPORTER], env), port)

    def test_own_address_wins(self):
        """PORT is only for those who give no address."""
        port, other = free_port(), free_port()
        env = self.pushed("docker", other, BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS=f":{port}")
        self.check(application("manifest.yml"), Process([EXPORTER], env), port)

    def test_binary_buildpack(self):
        """The manifest's command in a folder as make-app makes it: nothing but the program and its libraries."""
        app = self.folder / "app"
        harness.run(ROOT / "deploy" / "image" / "collect", EXPORTER, app)
        command = application("binary/manifest.yml")["command"]
        if os.uname().machine != "x86_64":
            self.skipTest("the command names the libraries of amd64")
        port = free_port()
        process = Process(["/bin/bash", "-c", f"cd {app} && {command}"], self.pushed("buildpack", port))
        self.check(application("binary/manifest.yml"), process, port)
        maps = pathlib.Path(f"/proc/{process.process.pid}/maps").read_text()
        libraries = {line.split()[-1] for line in maps.splitlines() if ".so" in line}
        self.assertTrue(libraries)
        foreign = {x for x in libraries if not x.startswith(str(app)) and "/ossl-modules/" not in x}
        self.assertEqual(foreign, set(), "libraries that did not come along")


if __name__ == "__main__":
    unittest.main()
