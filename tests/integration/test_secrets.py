#!/usr/bin/python3
"""What must stay secret, and what somebody might put where: proxies, the environment, service keys in every form."""
import base64
import json
import re
import subprocess
import unittest
import urllib.parse

import harness
from harness import CANARY, Case, command, make_certificate, scenario, wait_for
from proxy import Proxy

PAGES = ("/metrics", "/", "/api/v1/certificates", "/api/v1/certificates?format=csv", "/api/v1/stores",
         "/api/v1/sources", "/-/ready", "/-/healthy")
PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class Outputs(Case):
    """Everything that a configuration makes the program say, by name."""

    def all_outputs(self, flags, env=None, daemon=True):
        outputs = {}
        if daemon:
            state = self.folder / "state.json"
            exporter = self.exporter(None, *flags, "--state.file", state, env=env)
            exporter.ready(60)
            for path in PAGES:
                outputs[path] = exporter.get(path)[2]
            exporter.signal(harness.signal.SIGHUP)
            exporter.wait_text("stderr_text", "configuration (not )?reloaded")
            exporter.stop()
            outputs["log"] = exporter.stderr_text + exporter.stdout_text
            outputs["state file"] = state.read_text() if state.exists() else ""
        for form in ("table", "json", "csv", "metrics"):
            result = command(*flags, f"--once={form}", "--log.level=debug", env=env)
            outputs[f"--once={form}"] = result.stdout + result.stderr
        for flag in ("--config.check", "--help", "--no-such-flag"):
            result = command(*flags, flag, env=env)
            outputs[flag] = result.stdout + result.stderr
        return outputs

    def silent(self, outputs, markers=(CANARY,)):
        for name, text in outputs.items():
            for marker in markers:
                if marker in text:
                    at = text.index(marker)
                    self.fail(f"{name} shows {marker}: ...{text[max(0, at - 200):at + 100]}...")


class Proxies(Outputs):
    MARKED = f"http://user:{CANARY}"
    UNCLEAR = (f"{MARKED}#x@host.example:1", f"{MARKED}@x@host.example:1", f"{MARKED}/x@host.example:1",
               f"{MARKED}?x@host.example:1", f"{MARKED}%zz@host.example:1", f"{CANARY}://host.example:1",
               f"{MARKED} x@host.example:1", f"http://{CANARY}#:x@host.example:1", f"http://user:x#{CANARY}",
               f"http:/user:{CANARY}@host.example:1")
    CONTROL = (f"{MARKED}%0a@host.example:1", f"{MARKED}%00@host.example:1", f"http://{CANARY}%0d:x@host.example:1",
               f"http://user:%1f{CANARY}@host.example:1", f"socks5h://user:{CANARY}%7F@host.example:1")

    def setUp(self):
        super().setUp()
        self.sim = self.simulator(scenario())
        self.key = self.write("key.json", self.sim.key())

    def source(self, **settings):
        return "sources:\n" + harness.source_yaml(self.key, self.sim.keys / "ca.pem", **settings)

    def test_refused_in_the_configuration(self):
        for value in self.UNCLEAR + self.CONTROL:
            config = self.write("exporter.yml", self.source(proxy=value))
            for flag in ("--config.check", "--once", "--log.level=debug"):
                with self.subTest(value=value, flag=flag):
                    result = command("--config.file", config, flag)
                    self.assertEqual(result.returncode, 2)
                    self.assertRegex(result.stderr, r'exporter\.yml:\d+(:\d+)?: source "prod": proxy: .*percent-encode')
                    self.assertNotIn(CANARY, result.stdout + result.stderr)
        self.assertEqual(self.sim.requests(), [])

    def test_refused_in_the_environment(self):
        config = self.write("exporter.yml", self.source())
        for i, value in enumerate(self.UNCLEAR + self.CONTROL):
            name = PROXY_VARIABLES[i % len(PROXY_VARIABLES)]
            with self.subTest(value=value):
                outputs = self.all_outputs(("--config.file", config), {name: value}, daemon=i in (0, 10))
                self.silent(outputs)
                self.assertRegex(outputs["--config.check"], rf"{name}: .*percent-encode")
                self.assertRegex(outputs["--once=table"], rf"token: connect: the environment variable {name}: ")
                if "log" in outputs:
                    self.assertRegex(outputs["log"], rf'configuration warning.*{name}: .*percent-encode')
                    self.assertIn('reason="connect"} 1', "".join(re.findall(
                        r'btp_source_errors_total\{.*stage="token".*', outputs["/metrics"])))
                    self.assertIn(name, outputs["/api/v1/sources"])
        self.assertEqual(self.sim.requests(), [], "never without the proxy")

    def test_not_needed(self):
        config = self.write("exporter.yml", self.source())
        for env in ({"HTTPS_PROXY": self.UNCLEAR[0], "NO_PROXY": "localhost"},
                    {"HTTPS_PROXY": self.UNCLEAR[0], "no_proxy": "*"}, {"http_proxy": self.UNCLEAR[0]}):
            result = command("--config.file", config, "--once", env=env)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertNotIn(CANARY, result.stdout + result.stderr)
        make_certificate(self.folder, "first")
        files = self.write("files.yml", "sources:\n  - id: files\n    kind: directory\n    paths: [first.pem]\n")
        result = command("--config.file", files, "--config.check", env={"HTTPS_PROXY": self.UNCLEAR[0]})
        self.assertEqual(result.returncode, 0, "no source needs it")

    def test_user_and_password_reach_the_proxy(self):
        login = f"us er:{CANARY}@#/?%41:ü"
        encoded = ":".join(urllib.parse.quote(part, safe="") for part in login.split(":", 1))
        for kind, scheme in (("http", "http"), ("http", None), ("socks5", "socks5h"), ("socks5", "socks5")):
            proxy = Proxy(kind, login)
            self.addCleanup(proxy.stop)
            value = (f"{scheme}://" if scheme else "") + f"{encoded}@127.0.0.1:{proxy.port}"
            for settings, env in (({"proxy": value}, {}), ({}, {"https_proxy": value})):
                with self.subTest(scheme=scheme, settings=settings):
                    asked, requests = len(proxy.asked), len(self.sim.requests())
                    config = self.write("exporter.yml", self.source(**settings))
                    outputs = self.all_outputs(("--config.file", config), env, daemon=kind == "socks5")
                    self.silent(outputs)
                    self.assertGreater(len(proxy.asked), asked, outputs["--once=table"])
                    self.assertGreater(len(self.sim.requests()), requests)
                    self.assertEqual(set(proxy.seen), {login})

    def test_refused_by_the_proxy(self):
        for kind, scheme in (("http", "http"), ("socks5", "socks5h")):
            proxy = Proxy(kind, "somebody:else")
            self.addCleanup(proxy.stop)
            value = f"{scheme}://{CANARY}user:{CANARY}password@127.0.0.1:{proxy.port}"
            config = self.write("exporter.yml", self.source(proxy=value))
            outputs = self.all_outputs(("--config.file", config))
            self.silent(outputs)
            self.assertRegex(outputs["--once=table"], "token: connect")
        self.assertEqual(self.sim.requests(), [])


class Settings(Outputs):
    """A marker of its own in each setting and variable that can hold a secret: no output shows one."""

    def setUp(self):
        super().setUp()
        self.markers = {}
        self.sim = self.simulator(scenario())
        self.ca = self.sim.keys / "ca.pem"

    def marker(self, place):
        """Unlike all others in each part that is long enough to be noticed."""
        text = f"{CANARY}{len(self.markers):03d}{place.replace('_', '').replace(' ', '')}"
        self.markers[text] = place
        return text

    def check(self, outputs):
        """One report of all that is shown, also in base64 and in percent-encoding."""
        shown = {}
        for name, text in outputs.items():
            self.assertGreater(len(text), 2, name)
            for marker, place in self.markers.items():
                for form in (marker, base64.b64encode(marker.encode()).decode()[4:-4]):
                    if form in text:
                        shown.setdefault(place, set()).add(name)
        for place, names in sorted(shown.items()):
            print(f"SHOWN: {place} by {', '.join(sorted(names))}")
        self.assertEqual(shown, {})

    def configuration(self):
        m = self.marker
        file = lambda name: str(self.write(f"{name}.txt", m(name) + "\n"))
        store = {"keystore_passwords": [{"name": "*", "password": m("keystore password")},
                                        {"name": "*", "password_file": file("keystore_password_file")}]}
        make_certificate(self.folder, "first")
        self.write("locked.p12", (harness.stores() / "edi-rc2.p12").read_bytes())
        pem = (self.sim.keys / "client-key.pem").read_text()
        self.markers[pem.splitlines()[2]] = "private key"
        chain = (self.sim.keys / "client.pem").read_text()
        own = f"https://localhost:{self.sim.ports['token']}/oauth/token"
        destination = {"host": f"https://localhost:{self.sim.ports['service']}", "token_url": own,
                       "client_id": "sb", "ca_file": str(self.ca)}
        sources = [
            {"id": "secret", "kind": "destination-service", **destination, "client_secret": m("client_secret"),
             "use_destination_passwords": True, **store},
            {"id": "file", "kind": "destination-service", **destination,
             "client_secret_file": file("client_secret_file")},
            {"id": "variable", "kind": "destination-service", **destination, "client_secret": "${MY_SECRET}"},
            {"id": "key", "kind": "destination-service", "ca_file": str(self.ca),
             "binding_file": str(self.write("key.json", self.sim.key(clientsecret=m("service key"))))},
            {"id": "wrapped", "kind": "destination-service", "ca_file": str(self.ca),
             "binding_file": str(self.write("key.txt", "Getting key k for service instance i...\n\n" + json.dumps(
                 {"credentials": self.sim.key(clientsecret=m("key by cf"))}, indent=2)))},
            {"id": "kubernetes", "kind": "destination-service", "ca_file": str(self.ca),
             "binding_file": str(self.write("secret.json", kubernetes(self.sim.key(clientsecret=m("Secret")))))},
            {"id": "folder", "kind": "destination-service", "ca_file": str(self.ca),
             "binding_dir": str(self.folder / "binding")},
            {"id": "proxied", "kind": "destination-service", **destination, "client_secret": m("proxied secret"),
             "proxy": f"http://{m('proxy user')}:{m('proxy password')}@localhost:1"},
            {"id": "connector", "kind": "cloud-connector", "url": "https://localhost:1", "username": "u",
             "password": m("password")},
            {"id": "connector-file", "kind": "cloud-connector", "url": "https://localhost:1", "username": "u",
             "password_file": file("password_file"), "proxy": f"socks5h://u:{m('socks password')}@localhost:1"},
            {"id": "x509", "kind": "destination-service", "ca_file": str(self.ca),
             "binding_file": str(self.write("x509.json", self.sim.x509_key()))},
            {"id": "mutual", "kind": "cloud-connector", "url": f"https://localhost:{self.sim.ports['mtls']}",
             "ca_file": str(self.ca), "certificate": chain, "private_key": pem},
            {"id": "mutual-file", "kind": "cloud-connector", "url": "https://localhost:1",
             "certificate_file": str(self.sim.keys / "client.pem"),
             "private_key_file": str(self.sim.keys / "client-key.pem")},
            {"id": "broken-pair", "kind": "cloud-connector", "url": "https://localhost:1",
             "certificate": m("certificate"), "private_key": m("private_key")},
            {"id": "broken-file", "kind": "cloud-connector", "url": "https://localhost:1",
             "certificate_file": file("certificate_file"), "private_key_file": file("private_key_file")},
            {"id": "files", "kind": "directory", "paths": ["*.pem", "*.p12"], **store},
        ]
        for name, value in self.sim.key(clientsecret=m("binding folder")).items():
            self.write(f"binding/{name}", value)
        return self.write("exporter.yml", {"sources": sources})  # JSON is YAML

    def environment(self):
        return {"MY_SECRET": self.marker("variable in the configuration"),
                "HTTPS_PROXY": f"http://u:{self.marker('HTTPS_PROXY')}@localhost:1", "NO_PROXY": "localhost",
                "VCAP_SERVICES": self.vcap("unused VCAP_SERVICES"),
                "BTP_CERT_EXPORTER_UNKNOWN": self.marker("unknown variable")}

    def vcap(self, place):
        return json.dumps({"destination": [{"name": "d", "credentials": self.sim.key(
            clientsecret=self.marker(place))}]})

    def test_good_configuration(self):
        config = self.configuration()
        outputs = self.all_outputs(("--config.file", config), self.environment())
        self.assertIn("level=DEBUG", outputs["log"])
        self.assertIn("HTTP 401", outputs["--once=table"], "the secrets were used")
        self.check(outputs)

    def test_web_configuration(self):
        m = self.marker
        files = self.write("files.yml", "sources:\n  - id: files\n    kind: directory\n    paths: [\"*.pem\"]\n")
        make_certificate(self.folder, "first")
        key = (self.sim.keys / "server-key.pem").read_text()
        self.markers[key.splitlines()[2]] = "TLS key"
        hashed = "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"  # of "right"
        self.markers[hashed[7:]] = "hash of a web password"
        good = {"tls_server_config": {"cert": (self.sim.keys / "server.pem").read_text(), "key": key},
                "basic_auth_users": {"alice": hashed}}
        web = self.write("web.yml", good)
        exporter = self.exporter(None, "--config.file", files, "--web.config.file", web)
        asked = [subprocess.run(["curl", "-sv", "--cacert", self.ca, *login,
                                 f"https://localhost:{exporter.port}{path}"], capture_output=True, text=True).stdout
                 for login in ([], ["-u", f"alice:{m('wrong web password')}"], ["-u", "alice:right"]) for path in PAGES]
        exporter.stop()
        outputs = {"pages": "\n".join(asked), "log": exporter.stderr_text}
        self.assertIn("btp_source_up", outputs["pages"])
        for i, bad in enumerate(({**good, "basic_auth_users": {"alice": m("no hash")}},
                                 {**good, "basic_auth_users": {"alice": "$2y$10$" + m("broken hash")}},
                                 {**good, "basic_auth_users": [m("user list")]},
                                 {**good, "tls_server_config": {"cert": m("broken certificate"), "key": m("broken key")}},
                                 {**good, "tls_server_config": {**good["tls_server_config"], "key": key.replace(
                                     key.splitlines()[2][5:45], m("damaged key"))}},
                                 {**good, "tls_server_config": {"key": key, "cert": None}})):
            self.write("web.yml", bad)
            for flag in ("--config.check", "--log.level=debug"):
                result = command("--config.file", files, "--web.config.file", web, flag)
                self.assertEqual(result.returncode, 2, bad)
                outputs[f"web {i} {flag}"] = result.stdout + result.stderr
        self.check(outputs)

    def test_variables(self):
        """Discovered bindings, good ones and broken ones, and values that are in the wrong variable."""
        key = json.dumps(self.sim.key(clientsecret=self.marker("service key as a name")))
        vcap = self.vcap("VCAP_SERVICES")
        folder = self.folder / "root"
        for name, value in self.sim.key(clientsecret=self.marker("SERVICE_BINDING_ROOT")).items():
            self.write(f"root/one/{name}", value)
        self.write("root/one/type", "destination")
        bad = self.folder / "bad"
        self.write("bad/one/type", "destination")
        self.write("bad/one/.metadata", "{" + self.marker("broken metadata"))
        cases = {
            "VCAP_SERVICES": ({"VCAP_SERVICES": vcap}, True),
            "VCAP_SERVICES_FILE_PATH": ({"VCAP_SERVICES_FILE_PATH": str(self.write("vcap.json", self.vcap("VCAP file")))},
                                        True),
            "SERVICE_BINDING_ROOT": ({"SERVICE_BINDING_ROOT": str(folder)}, True),
            "broken VCAP_SERVICES": ({"VCAP_SERVICES": vcap[:-3]}, False),
            "broken file": ({"VCAP_SERVICES_FILE_PATH": str(self.write("broken.json", vcap[:-9]))}, False),
            "broken folder": ({"SERVICE_BINDING_ROOT": str(bad)}, False),
            "wrong services": ({"VCAP_SERVICES": json.dumps({"destination": self.marker("no list")})}, False),
            "content for a name": ({"VCAP_SERVICES_FILE_PATH": vcap}, False),
            "key for a name": ({"BTP_CERT_EXPORTER_BINDING_FILE": key}, False),
            "encoded key for a name": ({"BTP_CERT_EXPORTER_BINDING_FILE": base64.b64encode(key.encode()).decode()}, False),
            "configuration for a name": ({"BTP_CERT_EXPORTER_CONFIG_FILE":
                                          f"sources:\n - client_secret: {self.marker('configuration')}\n"}, False),
            "web configuration for a name": ({"BTP_CERT_EXPORTER_WEB_CONFIG_FILE":
                                              f"basic_auth_users:\n  a: {self.marker('web configuration')}\n"}, False),
        }
        outputs = {}
        for name, (env, good) in cases.items():
            flags = ("--ca.file", self.ca)
            for output, text in self.all_outputs(flags, env, daemon=good).items():
                outputs[f"{name}, {output}"] = text
            if good:
                self.assertIn("HTTP 401", outputs[f"{name}, --once=table"])
            else:
                self.assertEqual(command(*flags, env=env).returncode, 2, name)
        for flags in (("--binding.file", key), (f"--binding.file={key}",), ("--config.file", key)):
            result = command(*flags)
            self.assertEqual(result.returncode, 2)
            outputs[f"flag {flags[0][:14]}"] = result.stderr
        self.check(outputs)

    def test_broken_configuration(self):
        """Each secret under a key that it does not belong to, and each line of the file damaged."""
        self.configuration()
        text = (self.folder / "exporter.yml").read_text()
        text = json.dumps({"sources": [s for s in json.loads(text)["sources"] if s["id"] not in ("mutual",)]}, indent=1)
        text = text.replace('"', "")  # block style, without quotes
        lines = [line.rstrip(",") for line in text.splitlines() if line.strip(" {}[],")]
        outputs = {}
        for at in [i for i, line in enumerate(lines) if CANARY in line]:
            for n, wrong in enumerate((lines[at].split(":", 1)[-1], lines[at] + ": x", "\t" + lines[at],
                                       lines[at].replace(CANARY, f"&{CANARY}"), lines[at].replace(": ", " "),
                                       lines[at].replace(": ", ": \""), lines[at].split(":")[0] + "x:" +
                                       lines[at].split(":", 1)[-1], lines[at].replace(": ", ": file://"))):
                broken = self.write("broken.yml", "\n".join(lines[:at] + [wrong] + lines[at + 1:]) + "\n")
                result = command("--config.file", broken, "--config.check", env={"MY_SECRET": "x"})
                outputs[f"line {at} {n}"] = result.stdout + result.stderr
        self.check(outputs)


class Forms(Outputs):
    """A service key in each form in which people have them, to the end: a token, and a list."""

    def setUp(self):
        super().setUp()
        make_certificate(self.folder, "first")
        self.sim = self.simulator(scenario({"certificates": [
            {"name": "first.pem", "file": str(self.folder / "first.pem")}]}))

    def test_forms(self):
        key = self.sim.key()
        flat = json.dumps(key, indent=2)
        cf = "Getting key my-key for service instance my-dest as user@example.com...\n\n"
        data = kubernetes(key)
        forms = {
            "json.json": flat, "cf-v7.txt": cf + flat + "\n",
            "cf-v8.txt": cf + json.dumps({"credentials": key}, indent=2) + "\n",
            "encoded.txt": base64.encodebytes(flat.encode()),
            "quoted.txt": json.dumps(flat),
            "powershell.txt": b"\xff\xfe" + (cf + flat).replace("\n", "\r\n").encode("utf-16-le"),
            "utf-16be.txt": b"\xfe\xff" + flat.encode("utf-16-be"), "utf-8.txt": b"\xef\xbb\xbf" + flat.encode(),
            "kubectl.json": json.dumps(data), "kubectl.yaml": as_yaml(data),
            "list.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": [data]}),
            "list.yaml": as_yaml({"apiVersion": "v1", "kind": "List", "items": [data]}),
            "container.yaml": as_yaml(kubernetes({"credentials": flat, "type": "destination"})),
            "string.yaml": as_yaml({"apiVersion": "v1", "kind": "Secret", "stringData": key})}
        for name, content in forms.items():
            path = self.write(f"in-{name}/{name}", content if isinstance(content, bytes) else content.encode())
            with self.subTest(form=name):
                for flags in (("--binding.file", path), ("--config.file", self.write("exporter.yml",
                              "sources:\n" + harness.source_yaml(path, self.sim.keys / "ca.pem"))),
                              ("--config.file", self.write("folder.yml", "sources:\n" + harness.source_yaml(
                                  path.parent, self.sim.keys / "ca.pem").replace("binding_file", "binding_dir")))):
                    if "binding_dir" in (self.folder / "folder.yml").read_text() and flags[1].name == "folder.yml" \
                            and name in ("encoded.txt", "quoted.txt"):
                        continue  # a file in a folder may be a field, whose value looks like that
                    result = command(*flags, "--ca.file", self.sim.keys / "ca.pem", "--once=json")
                    self.assertEqual(result.returncode, 0, f"{flags} {result.stdout}{result.stderr}")
                    self.assertEqual([c["name"] for c in json.loads(result.stdout)["certificates"]], ["first.pem"])


def kubernetes(values):
    """A Secret as kubectl shows it."""
    return {"apiVersion": "v1", "data": {name: base64.b64encode(value.encode()).decode()
                                         for name, value in values.items()},
            "kind": "Secret", "metadata": {"name": "my-dest", "uid": "1"}, "type": "Opaque"}


def as_yaml(value, indent=0):
    """In block style; every string in single quotes."""
    pad = " " * indent
    if isinstance(value, list):
        return "".join(f"{pad}- {as_yaml(item, indent + 2).lstrip()}" for item in value)
    if not isinstance(value, dict):
        return "'" + str(value).replace("'", "''").replace("\n", "\n\n" + pad) + "'\n"
    return "".join(f"{pad}{name}:" + ("\n" if isinstance(item, (dict, list)) else " ") + as_yaml(item, indent + 2)
                   for name, item in value.items())


class Environment(Case):
    """Variables by which TLS libraries take orders."""

    def test_no_session_key_is_written(self):
        sim = self.simulator(scenario())
        key = self.write("key.json", sim.key())
        web = self.write("web.yml", {"tls_server_config": {"cert_file": str(sim.keys / "server.pem"),
                                                           "key_file": str(sim.keys / "server-key.pem")}})
        log, module = self.folder / "session-keys", self.folder / "nowhere"
        broken = self.write("openssl.cnf", "openssl_conf = x\n[x]\nssl_conf = y\n[y]\nsystem_default = z\n[z]\n"
                            "MinProtocol = nonsense\n")
        env = {"SSLKEYLOGFILE": str(log), "OPENSSL_CONF": str(broken), "OPENSSL_MODULES": str(module),
               "OPENSSL_ENGINES": str(module), "GNUTLS_DEBUG_LEVEL": "99", "CURL_SSL_BACKEND": "gnutls",
               "GNUTLS_FORCE_FIPS_MODE": "0", "P11_KIT_DEBUG": "all", "SSL_CERT_DIR": "/nonexistent"}
        config = "sources:\n" + harness.source_yaml(key, sim.keys / "ca.pem")
        exporter = self.exporter(config, "--web.config.file", web, env=env)
        url = f"https://localhost:{exporter.port}/metrics"
        get = ["curl", "-s", "--cacert", sim.keys / "ca.pem", url]
        up = lambda: 'btp_source_up{source="prod"} 1' in subprocess.run(get, capture_output=True, text=True).stdout
        wait_for(up, 30, "both sides of TLS were used")
        exporter.stop()
        self.assertTrue(sim.requests())
        self.assertFalse(log.exists(), "keys of sessions in a file")
        self.assertNotRegex(exporter.stderr_text, r"(?i)premaster|master secret|write key|INT: ")
        found = re.search(r'level=WARN msg="variables of the environment are not obeyed" names="([^"]*)"',
                          exporter.stderr_text)
        self.assertEqual(set(found.group(1).split()), set(env) - {"SSL_CERT_DIR"})


if __name__ == "__main__":
    unittest.main()
