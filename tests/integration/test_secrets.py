#!/usr/bin/python3
"""What must stay secret, and what somebody might put where: proxies, the environment, service keys in every form."""
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
