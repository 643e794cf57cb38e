#!/usr/bin/python3
"""The program as its user meets it: flags, configuration, --once, signals, pages, and no secret anywhere."""
import csv
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import unittest

import harness
from harness import CANARY, Case, Samples, command, make_certificate, manifest, scenario, stores, wait_for

HEADLINE = "btp_certificate_expiry_timestamp_seconds"
DIRECTORY = "sources:\n  - id: files\n    kind: directory\n    paths: [\"*.pem\"]\n"


class Usage(Case):
    def fails(self, *flags, env=None, code=2):
        result = command(*flags, env=env)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stderr

    def test_help_and_version(self):
        for flag in ("--help", "-h", "--version"):
            result = command(flag)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("btp_cert_exporter", result.stdout)
        text = command("--help").stdout
        for flag in ("config.file", "binding.file", "ca.file", "config.check", "once", "once.critical-days",
                     "once.timeout", "web.listen-address", "web.telemetry-path", "web.config.file",
                     "web.health-listen-address", "web.enable-lifecycle", "web.max-requests",
                     "web.disable-exporter-metrics", "state.file", "log.level", "log.format"):
            self.assertIn(f"--{flag}", text.replace("[no-]", ""))

    def test_bad_flags(self):
        self.assertIn("--no-such-flag", self.fails("--no-such-flag"))
        self.assertIn("stray", self.fails("stray"))
        self.assertIn("log.level", self.fails("--log.level=loud"))
        self.assertIn("max-requests", self.fails("--web.max-requests", "-1"))
        self.assertIn("listen", self.fails("--web.listen-address=nonsense:port"))
        self.assertIn("config.file", self.fails("--config.file"))

    def test_nothing_configured_says_what_was_looked_for(self):
        text = self.fails()
        for looked in ("VCAP_SERVICES", "SERVICE_BINDING_ROOT", "/etc/secrets/sapbtp"):
            self.assertIn(looked, text)

    def test_environment_and_flag(self):
        self.write("a.pem", make_certificate(self.folder, "c").read_text())
        config = self.write("exporter.yml", DIRECTORY)
        env = {"BTP_CERT_EXPORTER_CONFIG_FILE": str(config), "BTP_CERT_EXPORTER_ONCE": "json",
               "BTP_CERT_EXPORTER_UNKNOWN": "ignored"}
        self.assertEqual(json.loads(command(env=env).stdout)["certificates"][0]["source"], "files")
        self.assertIn("STATUS", command("--once=table", env=env).stdout, "the flag wins")

    def test_listener_that_cannot_be_opened(self):
        config = self.write("exporter.yml", DIRECTORY)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn(address, self.fails("--config.file", config, "--web.listen-address", address, code=1))


    def test_listeners_open_before_sources_are_asked(self):
        sim = self.simulator(scenario())
        key = self.write("key.json", sim.key())
        flags = ("--binding.file", key, "--ca.file", sim.keys / "ca.pem")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.fails(*flags, "--web.listen-address", f"127.0.0.1:{taken.getsockname()[1]}", code=1)
        self.assertEqual(sim.requests(), [], "a port that is taken costs no source a request")
        sim.faults({"endpoint": "token", "kind": "hang"})
        exporter = self.exporter(None, *flags)
        wait_for(lambda: sim.requests(endpoint="token"))
        self.assertEqual(exporter.get("/metrics")[0], 200)
        self.assertEqual(exporter.get("/-/ready")[0], 503)


class Configuration(Case):
    def problems(self, text, *flags):
        config = self.write("exporter.yml", text)
        result = command("--config.file", config, "--config.check", *flags)
        return result.returncode, result.stderr + result.stdout

    def test_every_problem_at_once_with_file_line_key_and_remedy(self):
        code, text = self.problems("""workers: 99
sources:
  - id: one
    kind: destination-service
    poll_intervall: 1h
    timeout: 20m
    binding_file: missing.json
  - id: one
    kind: directory
    paths: []
  - id: two words
    kind: nonsense
""")
        self.assertEqual(code, 2)
        for line, part in ((1, "workers"), (5, "poll_interval"), (6, "timeout"), (8, "one"), (10, "paths"),
                           (11, "id"), (12, "kind")):
            self.assertRegex(text, rf"exporter\.yml:{line}: .*{part}")
        self.assertIn("did you mean", text)

    def test_the_same_at_start(self):
        config = self.write("exporter.yml", "sources: []\n")
        result = command("--config.file", config)
        self.assertEqual(result.returncode, 2)
        self.assertIn("sources", result.stderr)

    def test_check_reads_what_is_named(self):
        key = self.write("key.json", {"clientid": "x", "url": "https://a.authentication.example"})
        code, text = self.problems(f"sources:\n  - id: a\n    kind: destination-service\n    binding_file: {key}\n")
        self.assertEqual(code, 2)
        self.assertIn("key.json", text)
        self.assertIn("uri", text)
        code, text = self.problems(
            "sources:\n  - id: a\n    kind: directory\n    paths: [\"*.p12\"]\n    keystore_passwords:\n"
            "      - { name: \"*\", password_file: nowhere.txt }\n")
        self.assertEqual(code, 2)
        self.assertIn("nowhere.txt", text)

    def test_good(self):
        code, text = self.problems(DIRECTORY)
        self.assertEqual(code, 0, text)

    def test_broken_key_file(self):
        for content, part in (("{", "key.json"), ("[]", "key.json"), ("{}", "clientid"), ("", "key.json"),
                              ('{"clientid": 3}', "clientid"), ("\xff", "key.json")):
            with self.subTest(content=content):
                key = self.write("key.json", content.encode("latin-1"))
                result = command("--binding.file", key, "--config.check")
                self.assertEqual(result.returncode, 2)
                self.assertIn(part, result.stderr)


class Once(Case):
    def setUp(self):
        super().setUp()
        self.files = self.folder / "files"
        self.files.mkdir()
        self.config = self.write("exporter.yml",
                                 "sources:\n  - id: files\n    kind: directory\n    paths: [\"files/*\"]\n")

    def certificate(self, name, days):
        make_certificate(self.folder, name, days=days).rename(self.files / f"{name}.pem")

    def once(self, form="table", *flags, env=None):
        return command("--config.file", self.config, f"--once={form}", *flags, env=env)

    def test_exit_codes(self):
        self.certificate("long", 300)
        self.assertEqual(self.once().returncode, 0)
        self.certificate("soon", 10)
        self.assertEqual(self.once().returncode, 1)
        self.assertEqual(self.once("table", "--once.critical-days", "5").returncode, 0)
        # self-renewing ones count only when their renewal is overdue: 10 of 10 days left
        self.config.write_text(self.config.read_text() + "    auto_renewed: [\"soon*\"]\n")
        self.assertEqual(self.once().returncode, 0)
        later = int(time.time()) + 9 * 86400 + 43200
        self.assertEqual(self.once(env={"BTP_CERT_EXPORTER_NOW": str(later)}).returncode, 1, "renewal overdue")

    def test_failed_source_is_2(self):
        sim = harness.Simulator(scenario(), self.folder)
        key = self.write("key.json", sim.key())
        sim.stop()
        result = command("--binding.file", key, "--ca.file", sim.keys / "ca.pem", "--once")
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stdout, r"failed:\n  key  token: connect: (?!token|connect)", "each thing said once")

    def test_patterns_count_characters(self):
        self.certificate("a", 100)
        certificate = (self.files / "a.pem").read_bytes()
        odd = os.fsencode(self.files) + b"/\xff.pem"
        for path in (self.files / "ä.pem", self.files / "ß-1.pem", self.files / "證.pem", odd):
            with open(path, "wb") as file:
                file.write(certificate)
        for pattern, exclude, names in (("?.pem", "", ["a", "ä", "證", "\ufffd"]), ("[äö].pem", "", ["ä"]),
                                        ("*.pem", "?.pem", ["ß-1"]), ("[a-z]*.pem", "", ["a"])):
            self.config.write_text("sources:\n  - id: files\n    kind: directory\n"
                                   f"    paths: [\"files/{pattern}\"]\n    exclude: [\"{exclude or 'none'}\"]\n")
            found = json.loads(self.once("json").stdout)["certificates"]
            self.assertEqual([pathlib.Path(c["name"]).stem for c in found], names, pattern)

    def test_a_log_line_has_each_key_once(self):
        self.write("files/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        lines = self.once("table", "--log.format=json").stderr.splitlines()
        self.assertTrue(lines)
        for line in lines:
            keys = [key for key, _ in json.loads(line, object_pairs_hook=list)]
            self.assertEqual(len(keys), len(set(keys)), line)
            self.assertEqual(json.loads(line)["level"], "WARN")

    def test_timeout(self):
        sim = self.simulator(scenario(faults=[{"endpoint": "token", "kind": "hang"}]))
        key = self.write("key.json", sim.key())
        # the request alone would take longer than anything waits for here
        config = self.write("exporter.yml", "sources:\n" + harness.source_yaml(
            key, sim.keys / "ca.pem", timeout="10m", refresh_timeout="1h"))
        result = command("--config.file", config, "--once", "--once.timeout=2s")
        self.assertEqual(result.returncode, 2)

    def test_forms_agree(self):
        self.certificate("a", 100)
        self.certificate("b", 3)
        self.write("files/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        document = json.loads(self.once("json").stdout)
        rows = list(csv.DictReader(io.StringIO(self.once("csv").stdout)))
        metrics = Samples(self.once("metrics").stdout)
        table = self.once().stdout
        self.assertEqual(len(document["certificates"]), 2)
        names = sorted(c["name"] for c in document["certificates"])
        self.assertEqual(sorted(r["name"] for r in rows), names)
        self.assertEqual(metrics.labels(HEADLINE, "name"), names)
        self.assertLess(table.index("b.pem"), table.index("a.pem"), "soonest first")
        self.assertGreater(table.index("broken.pem"), table.index("a.pem"), "what could not be read at the end")
        self.assertFalse([n for n in metrics.names() if n.startswith(("process_", "btp_cert_exporter_http",
                                                                      "btp_cert_exporter_scrape"))])


class Daemon(Case):
    def setUp(self):
        super().setUp()
        make_certificate(self.folder, "first")

    def test_endpoints(self):
        exporter = self.exporter(DIRECTORY)
        exporter.ready()
        for path in ("/metrics", "/", "/-/healthy", "/-/ready", "/api/v1/certificates", "/api/v1/stores",
                     "/api/v1/sources"):
            with self.subTest(path=path):
                status, headers, body = exporter.get(path)
                self.assertEqual(status, 200)
                head_status, head_headers, nothing = exporter.get(path, "HEAD")
                self.assertEqual((head_status, nothing), (200, ""))
                self.assertEqual(head_headers["Content-Type"], headers["Content-Type"])
                for method in ("POST", "DELETE", "PUT"):
                    status, headers, _ = exporter.get(path, method)
                    self.assertEqual(status, 405)
                    self.assertEqual(headers["Allow"], "GET, HEAD")
        self.assertEqual(exporter.get("/nowhere")[0], 404)
        self.assertEqual(exporter.get("/metrics")[1]["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(exporter.get("/-/reload", "POST")[0], 403)
        page = exporter.get("/")[2]
        self.assertIn("first.pem", page)
        self.assertNotRegex(page, r'(src|href)="https?://')

    def test_telemetry_path(self):
        exporter = self.exporter(DIRECTORY, "--web.telemetry-path=/probe")
        self.assertEqual(exporter.get("/probe")[0], 200)
        self.assertEqual(exporter.get("/metrics")[0], 404)

    def test_signals(self):
        exporter = self.exporter(DIRECTORY)
        exporter.ready()
        exporter.config.write_text(DIRECTORY.replace("id: files", "id: others"))
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().value("btp_source_up", source="others") == 1)
        self.assertEqual(exporter.metrics().labels("btp_source_up", "source"), ["others"])
        exporter.config.write_text("sources: nonsense\n")
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().value("btp_cert_exporter_config_last_reload_successful") == 0)
        self.assertEqual(exporter.metrics().labels("btp_source_up", "source"), ["others"], "all or nothing")
        make_certificate(self.folder, "second")
        exporter.signal(signal.SIGUSR1)
        wait_for(lambda: len(exporter.metrics().series(HEADLINE)) == 2)
        self.assertEqual(exporter.stop(), 0)

    def test_reload_keeps_unchanged_sources(self):
        exporter = self.exporter(DIRECTORY)
        exporter.ready()
        count = exporter.refreshes("files")
        exporter.config.write_text(DIRECTORY + DIRECTORY.split("\n", 1)[1].replace("id: files", "id: more"))
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().value("btp_source_up", source="more") == 1)
        self.assertEqual(exporter.refreshes("files"), count, "not refreshed again")

    def test_reload_with_a_broken_web_configuration(self):
        web = self.write("web.yml", "http_server_config: {}\n")
        exporter = self.exporter(DIRECTORY, "--web.config.file", web)
        exporter.ready()
        exporter.config.write_text(DIRECTORY.replace("id: files", "id: others"))
        web.write_text("basic_auth_user: {}\n")
        self.assertEqual(exporter.get("/metrics")[0], 500, "it is read again by itself, and closed while it is broken")
        exporter.signal(signal.SIGHUP)
        exporter.wait_text("stderr_text", "configuration (not )?reloaded")
        self.assertRegex(exporter.stderr_text, r"configuration problem.*web\.yml:1: basic_auth_user")
        web.write_text("http_server_config: {}\n")
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_cert_exporter_config_last_reload_successful"), 0)
        self.assertEqual(metrics.labels("btp_source_up", "source"), ["files"], "all or nothing")
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().value("btp_source_up", source="others") == 1)
        self.assertEqual(exporter.metrics().value("btp_cert_exporter_config_last_reload_successful"), 1)

    def test_reload_changes_the_number_of_workers(self):
        exporter = self.exporter("workers: 4\n" + DIRECTORY)
        exporter.ready()
        threads = lambda: len(os.listdir(f"/proc/{exporter.process.pid}/task"))
        with_four = threads()
        for workers in (1, 6, 2, 4):
            exporter.config.write_text(f"workers: {workers}\n" + DIRECTORY)
            exporter.signal(signal.SIGHUP)
            wait_for(lambda: threads() == with_four - 4 + workers, what=f"{workers} workers")
        make_certificate(self.folder, "second")
        exporter.signal(signal.SIGUSR1)
        wait_for(lambda: len(exporter.metrics().series(HEADLINE)) == 2)

    def test_fewer_workers_end_what_they_are_doing(self):
        sim = self.simulator(scenario(faults=[{"endpoint": "token", "kind": "hang"}]))
        key = self.write("key.json", sim.key())
        sources = "sources:\n" + "".join(
            harness.source_yaml(key, sim.keys / "ca.pem", name, timeout="2s") for name in ("a", "b"))
        exporter = self.exporter("workers: 2\n" + sources, speed=1)
        wait_for(lambda: len(sim.requests(endpoint="token")) == 2)
        exporter.config.write_text("workers: 1\n" + sources)
        exporter.signal(signal.SIGHUP)
        exporter.wait_text("stderr_text", "configuration reloaded")
        metrics = exporter.ready()
        for source in ("a", "b"):
            self.assertEqual(metrics.value("btp_source_errors_total", source=source, stage="token",
                                           reason="timeout"), 1)

    def test_lifecycle_over_http(self):
        exporter = self.exporter(DIRECTORY, "--web.enable-lifecycle")
        exporter.ready()
        make_certificate(self.folder, "second")
        self.assertIn(exporter.get("/-/refresh", "POST")[0], (200, 202))
        wait_for(lambda: len(exporter.metrics().series(HEADLINE)) == 2)
        exporter.config.write_text("sources: nonsense\n")
        self.assertGreaterEqual(exporter.get("/-/reload", "POST")[0], 400)
        exporter.config.write_text(DIRECTORY)
        self.assertEqual(exporter.get("/-/reload", "POST")[0], 200)

    def test_unusable_state_file_is_counted(self):
        errors = lambda exporter, reason: exporter.metrics().value(
            "btp_source_errors_total", source="files", stage="state_file", reason=reason)
        broken = self.write("state.json", "[1, 2")
        exporter = self.exporter(DIRECTORY, "--state.file", broken)
        exporter.ready()
        self.assertEqual((errors(exporter, "syntax"), errors(exporter, "io")), (1, 0))
        self.assertEqual(len(exporter.metrics().series(HEADLINE)), 1, "the rest works")
        self.assertEqual(exporter.stop(), 0)
        self.assertIn("first.pem", broken.read_text(), "a good one is written over it")
        exporter = self.exporter(DIRECTORY, "--state.file", self.folder / "no-such-folder" / "state.json")
        exporter.ready()
        wait_for(lambda: errors(exporter, "io") == 1, what="a state file that cannot be written is counted")
        self.assertEqual(errors(exporter, "syntax"), 0)

    def test_termination_while_a_source_hangs(self):
        sim = self.simulator(scenario(faults=[{"endpoint": "token", "kind": "hang"}]))
        key = self.write("key.json", sim.key())
        exporter = self.exporter("sources:\n" + harness.source_yaml(
            key, sim.keys / "ca.pem", timeout="10m", refresh_timeout="1h"))
        wait_for(lambda: sim.requests(endpoint="token"))
        self.assertEqual(exporter.stop(), 0, "the request alone would take longer than anything waits for here")

    def test_scrapes_in_parallel_while_refreshing(self):
        exporter = self.exporter(DIRECTORY)
        exporter.ready()
        failures = []

        def scrape():
            for _ in range(20):
                try:
                    if len(exporter.metrics().series(HEADLINE)) < 1:
                        failures.append("a gap")
                except Exception as error:  # the thread's own failure is the test's
                    failures.append(error)
        threads = [threading.Thread(target=scrape) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            exporter.signal(signal.SIGUSR1)
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_an_end_too_long_ago_to_be_shown_comes_first(self):
        make_certificate(self.folder, "ancient", start="19500101000000Z", end="19510101000000Z")
        exporter = self.exporter(DIRECTORY)
        metrics = exporter.ready()
        self.assertEqual(len(metrics.series(HEADLINE)), 1, "no time before 1970")
        soon = json.loads(exporter.get("/api/v1/certificates?within=30d")[2])["certificates"]
        self.assertEqual([(pathlib.Path(c["name"]).name, c["status"]) for c in soon], [("ancient.pem", "expired")])
        for text in (exporter.get("/")[2], command("--config.file", exporter.config, "--once").stdout):
            self.assertLess(text.index("ancient.pem"), text.index("first.pem"), "soonest first")

    def test_status_moves_with_the_clock(self):
        clock = self.write("now", str(int(time.time())))
        exporter = self.exporter(DIRECTORY, now=clock)
        exporter.ready()
        status = lambda: exporter.metrics().labels("btp_certificate_status", "status")
        end = exporter.metrics().value(HEADLINE)
        for left, wanted in ((31 * 86400, "valid"), (29 * 86400, "expiring"), (-1, "expired")):
            clock.write_text(str(int(end - left)))
            self.assertEqual(status(), [wanted])
            self.assertAlmostEqual(exporter.metrics().value("btp_certificate_days_until_expiry"), left / 86400, 3)


class Canary(Case):
    """Marker strings in keys, passwords, tokens and destination properties: none reaches an output."""

    def test_no_secret_anywhere(self):
        first = make_certificate(self.folder, "first", days=20)
        marker_key = self.write("with-key.pem", first.read_text() + "-----BEGIN PRIVATE KEY-----\n" +
                                f"{CANARY}Key\n-----END PRIVATE KEY-----\n")
        partner = next(s for s in manifest()["stores"] if s["file"] == "partner-mtls.p12")
        self.write("good.txt", partner["password"])
        self.write("bad.txt", f"{CANARY}-keystore-password")
        names = ("Password", "clientSecret", "tokenServicePassword", "KeyStorePassword", "User", "clientId",
                 "authTokens", "X-Secret", "jco.client.passwd")
        document = scenario({
            "certificates": [
                {"name": "first.pem", "file": str(marker_key)},
                {"name": "partner-mtls.p12", "file": str(stores() / "partner-mtls.p12")},
                {"name": "locked.p12", "file": str(stores() / "edi-rc2.p12")},
                {"name": "garbage.pem", "base64": __import__("base64").b64encode(
                    f"{CANARY}-in-a-broken-store".encode()).decode(), "protected": True}],
            "destinations": [{"Name": "SHOP", "Type": "HTTP", "KeyStoreLocation": "first.pem",
                              "URL": f"https://user:{CANARY}-url@shop.example",
                              **{name: f"{CANARY}-{name}" for name in names}}],
            "fragments": [{"FragmentName": "f", "Password": f"{CANARY}-fragment"}]})
        sim = self.simulator(document)
        secret, x509 = self.write("key.json", sim.key()), self.write("x509.json", sim.x509_key())
        refused = self.write("refused.json", sim.key(clientsecret=f"{CANARY}-refused"))
        settings = {"use_destination_passwords": True, "labels": True, "keystore_passwords": [
            {"name": "partner*", "password_file": "good.txt"}, {"name": "*", "password_file": "bad.txt"},
            {"name": "*", "password": f"{CANARY}-inline"}]}
        config = "sources:\n" + "".join(
            harness.source_yaml(file, sim.keys / "ca.pem", name, **settings, **more) for name, file, more in (
                ("secret", secret, {}), ("x509", x509, {}), ("refused", refused, {}),
                ("full", secret, {"collection": "full"})))
        state = self.folder / "state.json"
        exporter = self.exporter(config, "--log.level=debug", "--state.file", state, "--web.enable-lifecycle")
        exporter.ready()
        for fault in ({"status": 500, "text": f"echo {CANARY}-token-echo"}, {"kind": "invalid_json"},
                      {"kind": "truncated_json"}, {"endpoint": "destinations", "kind": "wrong_type"},
                      {"kind": "body", "text": f"{CANARY}-body"}):
            sim.faults(fault)
            exporter.refresh("secret", seconds=60)
        sim.faults()
        outputs = {path: exporter.get(path)[2] for path in
                   ("/metrics", "/", "/api/v1/certificates", "/api/v1/certificates?format=csv", "/api/v1/stores",
                    "/api/v1/sources", "/-/ready")}
        exporter.signal(signal.SIGHUP)
        time.sleep(0.5)
        exporter.stop()
        outputs["log"] = exporter.stderr_text + exporter.stdout_text
        outputs["state file"] = state.read_text()
        for form in ("table", "metrics", "json", "csv"):
            result = command("--config.file", exporter.config, f"--once={form}", "--log.level=debug")
            outputs[f"--once={form}"] = result.stdout + result.stderr
        result = command("--config.file", exporter.config, "--config.check")
        outputs["--config.check"] = result.stdout + result.stderr
        broken = self.write("broken.yml", config.replace("kind:", "kin:").replace("binding_file", "client_secret"))
        result = command("--config.file", broken, "--config.check")
        self.assertEqual(result.returncode, 2)
        outputs["broken configuration"] = result.stdout + result.stderr
        self.assertIn("partner-mtls.p12", outputs["/metrics"])
        self.assertIn("level=DEBUG", outputs["log"])
        pems = (sim.keys / "client-key.pem").read_text().splitlines()[1:4]
        for name, text in outputs.items():
            with self.subTest(output=name):
                self.assertGreater(len(text), 2)
                self.assertNotIn(CANARY, text)
                for forbidden in ["BEGIN", "eyJ", partner["password"], *pems]:
                    self.assertNotIn(forbidden, text)

    def test_closed_descriptors(self):
        make_certificate(self.folder, "first")
        self.write("exporter.yml", DIRECTORY)
        run_closed = f"{harness.EXPORTER} --config.file {self.folder}/exporter.yml --once >&- 2>&-"
        result = subprocess.run(["bash", "-c", run_closed], env={"PATH": os.environ["PATH"], **harness.sanitizer_env()})
        self.assertEqual(result.returncode, 2, "an output that is lost is noticed")

    def test_log_that_nobody_reads(self):
        make_certificate(self.folder, "first")
        config = self.write("exporter.yml", DIRECTORY)
        port = harness.free_port()
        process = subprocess.Popen([harness.EXPORTER, "--config.file", config, "--log.level=debug",
                                    "--web.listen-address", f"127.0.0.1:{port}"], stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        def ask():
            try:
                connection = __import__("http.client").client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/-/healthy")
                return connection.getresponse().status == 200
            except OSError:
                return False
        wait_for(ask, 20, "healthy")
        for _ in range(60):  # more lines than a pipe takes
            process.send_signal(signal.SIGUSR1)
            for _ in range(20):
                ask()
        self.assertTrue(ask())
        process.terminate()
        self.assertEqual(process.wait(harness.PATIENCE), 0)

    def test_no_core_dump(self):
        make_certificate(self.folder, "first")
        exporter = self.exporter(DIRECTORY)
        limits = pathlib.Path(f"/proc/{exporter.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0")


if __name__ == "__main__":
    unittest.main()
