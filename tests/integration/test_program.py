#!/usr/bin/python3
"""The program as its user meets it: flags, configuration, --once, signals, pages, and no secret anywhere."""
import csv
import fcntl
import http.client
import io
import json
import os
import pathlib
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
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
        for flag in ("healthcheck", "shard", "web.systemd-socket", "config.file", "binding.file", "ca.file", "config.check", "once", "once.count",
                     "once.critical-days", "once.days", "once.output", "once.timeout", "web.listen-address", "web.telemetry-path", "web.config.file",
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
        self.assertIn("once.days", self.fails("--once=metrics", "--once.days=30"))
        self.assertIn("needs --once", self.fails("--once.output=file"))

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
            self.assertRegex(text, rf"exporter\.yml:{line}:\d+: .*{part}")
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


class Check(Case):
    """--config.check=online: every source is asked once."""

    def check(self, *sources, flags=(), more=""):
        config = self.write("exporter.yml", "sources:\n" + "".join(sources) + more)
        return command("--config.file", config, "--config.check=online", *flags)

    def row(self, result, source):
        """The words of a source's row."""
        for line in result.stdout.splitlines():
            if line.split() and line.split()[0] == source:
                return line.split(None, 6)
        raise AssertionError(f"no row of {source}: {result.stdout}{result.stderr}")

    def source(self, sim, name, **fields):
        return harness.source_yaml(self.write(f"{name}.json", sim.key(**fields)), sim.keys / "ca.pem", name)

    def two_stores(self, **more):
        good, broken = make_certificate(self.folder, "first"), self.write("broken.pem", "no certificate")
        return scenario({"certificates": [{"name": "first.pem", "file": str(good)},
                                          {"name": "broken.pem", "file": str(broken)}]}, **more)

    def test_good(self):
        sim = self.simulator(self.two_stores())
        result = self.check(self.source(sim, "prod"),
                            "  - { id: files, kind: directory, paths: [first.pem] }\n",
                            "  - id: asleep\n    kind: directory\n    enabled: false\n    paths: [\"*.pem\"]\n",
                            flags=("--state.file", self.folder / "state.json"))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        self.assertIn("configuration is good: 3 sources, 0 warnings\n", result.stdout)
        self.assertRegex(result.stdout, r"SOURCE +RESULT +DURATION +CERTIFICATES +STORES +NOT OK")
        for source, counts in (("prod", ["1", "2", "1"]), ("files", ["1", "1", "0"])):
            words = self.row(result, source)
            self.assertEqual((words[1], words[3:]), ("ok", counts))
            self.assertRegex(words[2], r"^\d+\.\d\ds$")
        self.assertIn("2 sources asked: 2 ok\n", result.stdout)
        self.assertIn("not asked, because of enabled: false: asleep\n", result.stdout)
        self.assertFalse((self.folder / "state.json").exists())

    def test_one_source_down_and_a_wrong_secret(self):
        sim = self.simulator(self.two_stores())
        result = self.check(self.source(sim, "good"),
                            self.source(sim, "down", uri=f"https://localhost:{harness.free_port()}"),
                            self.source(sim, "wrong", clientsecret=f"{CANARY}-wrong"))
        self.assertEqual(result.returncode, 2)
        self.assertNotIn("level=", result.stderr, "no log line says what the table says")
        self.assertEqual(self.row(result, "good")[1], "ok")
        self.assertEqual(self.row(result, "down")[1], "failed")
        self.assertIn("connect", self.row(result, "down")[6])
        self.assertEqual(self.row(result, "wrong")[1], "failed")
        self.assertIn("token: ", self.row(result, "wrong")[6])
        self.assertIn("3 sources asked: 1 ok, 2 failed\n", result.stdout)
        self.assertNotIn(CANARY, result.stdout + result.stderr)

    def test_partly(self):
        sim = self.simulator(self.two_stores(faults=[{"endpoint": "certificate_names", "level": "instance",
                                                      "status": 403}]))
        result = self.check(self.source(sim, "prod"))
        words = self.row(result, "prod")
        self.assertEqual((result.returncode, words[1]), (2, "partly"), result.stdout)
        self.assertTrue(words[6].startswith("instance: "), words[6])

    def test_no_time_left(self):
        sim = self.simulator(scenario(faults=[{"endpoint": "token", "kind": "hang"}]))
        result = self.check(self.source(sim, "prod"), flags=("--once.timeout=1s",))
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stdout, r"prod +not asked .*no time was left for it")
        self.assertIn("--once.timeout", result.stderr)

    def test_a_problem_asks_nobody(self):
        sim = self.simulator(scenario())
        result = self.check(self.source(sim, "prod"), more="    kin: x\n")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn('kin: unknown key, did you mean "kind"?', result.stderr)
        self.assertIn("1 problem; no source was asked\n", result.stderr)
        self.assertEqual(sim.requests(), [])


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

    def test_only_what_is_needed_counts(self):
        root = self.files / "root.pem"
        harness.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "root.key",
                    "-subj", "/CN=Old Root CA", "-addext", "basicConstraints=critical,CA:TRUE", "-days", "10",
                    "-out", root)
        unused = make_certificate(self.folder, "unused", days=10)
        used = make_certificate(self.folder, "used", days=300)
        later = {"BTP_CERT_EXPORTER_NOW": str(int(time.time()) + 30 * 86400)}
        sim = self.simulator(scenario({
            "certificates": [{"name": f"{file.stem}.pem", "file": str(file)} for file in (unused, used, root)],
            "destinations": [{"Name": "SHOP", "Type": "HTTP", "KeyStoreLocation": "used.pem",
                              "Authentication": "ClientCertificateAuthentication", "ProxyType": "Internet",
                              "URL": "https://shop.example", "TrustStoreLocation": "root.pem"}]}))
        key = self.write("key.json", sim.key())
        self.config.write_text(self.config.read_text() + harness.source_yaml(key, sim.keys / "ca.pem"))
        result = self.once(env=later)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("3 expired", result.stdout)
        self.assertNotIn("attention", result.stdout)
        self.assertRegex(result.stdout, r"unused\.pem +nobody")
        self.assertRegex(result.stdout, r"used\.pem +SHOP")
        result = self.once("table", "--once.count=all", env=later)
        self.assertEqual(result.returncode, 1)
        self.assertIn("3 need attention", result.stdout)

    def test_days_limit_every_form(self):
        self.certificate("late", 300)
        self.certificate("soon", 10)
        self.write("files/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        table = self.once("table", "--once.days=30").stdout
        self.assertIn("soon.pem", table)
        self.assertNotIn("late.pem", table)
        self.assertIn("broken.pem", table, "what is broken is shown all the same")
        self.assertIn("2 certificates in 3 stores", table)
        found = json.loads(self.once("json", "--once.days=30").stdout)["certificates"]
        self.assertEqual([pathlib.Path(c["name"]).name for c in found], ["soon.pem"])
        rows = list(csv.DictReader(io.StringIO(self.once("csv", "--once.days=30").stdout)))
        self.assertEqual([pathlib.Path(row["name"]).name for row in rows], ["soon.pem"])
        self.assertEqual(self.once("table", "--once.days=0").returncode, 1, "the exit code judges all of them")

    def test_output_into_a_file(self):
        self.certificate("a", 100)
        folder = self.folder / "textfile"
        folder.mkdir()
        target = folder / "certificates.prom"
        for form in ("metrics", "json", "csv", "table"):
            with self.subTest(form=form):
                result = self.once(form, f"--once.output={target}")
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
                self.assertIn("a.pem", target.read_text())
                self.assertEqual(target.stat().st_mode & 0o777, 0o644)
                self.assertEqual([file.name for file in folder.iterdir()], [target.name])
        self.assertNotIn("\x1b", target.read_text())
        before = target.read_text()
        # a link is replaced, what it leads to stays
        link = folder / "link.prom"
        link.symlink_to(target)
        self.assertEqual(self.once("json", f"--once.output={link}").returncode, 0)
        self.assertFalse(link.is_symlink())
        self.assertEqual(target.read_text(), before)
        link.unlink()
        # a source that fails is in the new file, too
        self.config.write_text(self.config.read_text() + "  - id: down\n    kind: cloud-connector\n"
                               f"    url: https://127.0.0.1:{harness.free_port()}\n    username: u\n    password: p\n")
        self.assertEqual(self.once("metrics", f"--once.output={target}").returncode, 2)
        self.assertEqual(Samples(target.read_text()).value("btp_source_up", source="down"), 0)

    def test_output_that_cannot_be_written(self):
        self.certificate("a", 100)
        folder = self.folder / "textfile"
        folder.mkdir()
        old = folder / "old.prom"
        old.write_text("old")
        pipe = folder / "pipe"
        os.mkfifo(pipe)
        for target, text in ((folder / "none" / "file", "No such file"), (folder, "not a regular file"),
                             (pipe, "not a regular file"), ("/dev/null", "not a regular file")):
            with self.subTest(target=target):
                result = self.once("metrics", f"--once.output={target}")
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"{target}: ", result.stderr)
                self.assertIn(text, result.stderr)
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))
        # no room: the file size is limited, as a full disk would
        limited = ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$@"', "-", harness.EXPORTER, "--config.file", self.config,
                   "--once=metrics", f"--once.output={old}"]
        result = subprocess.run([str(word) for word in limited], text=True, capture_output=True,
                                env={"PATH": os.environ["PATH"], **harness.sanitizer_env()})
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(old.read_text(), "old")
        self.assertEqual(sorted(file.name for file in folder.iterdir()), ["old.prom", "pipe"], "nothing is left behind")

    def test_nothing_is_logged_that_the_table_says(self):
        self.write("files/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        self.config.write_text(self.config.read_text() + "  - id: down\n    kind: cloud-connector\n"
                               f"    url: https://127.0.0.1:{harness.free_port()}\n    username: u\n    password: p\n"
                               "  - id: none\n    kind: directory\n    paths: [\"nowhere/*\"]\n")
        result = self.once()
        self.assertEqual(result.returncode, 2)
        self.assertIn("broken.pem", result.stdout)
        self.assertRegex(result.stdout, r"failed:\n  down  .*connect")
        self.assertNotIn("broken.pem", result.stderr)
        self.assertNotIn("source=down", result.stderr)
        self.assertIn("nowhere", result.stderr, "what the table does not say is logged")
        for form, *flags in (("json",), ("table", "--log.level=debug"), ("table", f"--once.output={self.folder}/table")):
            with self.subTest(form=form, flags=flags):
                text = self.once(form, *flags).stderr
                for part in ("broken.pem", "source=down", "nowhere"):
                    self.assertIn(part, text)

    def on_a_terminal(self, columns, *flags, env=None):
        """What a terminal of that width shows: pages of the simplest kind."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([harness.EXPORTER, "--config.file", self.config, "--once", *flags], stdout=slave,
                                   stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **(env or {}),
                                                                   **harness.sanitizer_env()})
        os.close(slave)
        text = b""
        try:
            while chunk := os.read(master, 65536):
                text += chunk
        except OSError:
            pass  # the other end is closed
        process.wait()
        return text.decode().replace("\r\n", "\n")

    def test_terminal(self):
        self.certificate("late", 300)
        self.certificate("a-rather-long-name-of-a-file", 3)
        text = self.on_a_terminal(80)
        self.assertIn("\x1b[33m", text)
        self.assertIn("/a-rather-long-name-of-a-file.pem", text)
        for line in text.split("\n\n")[0].splitlines():
            self.assertLessEqual(len(re.sub("\x1b\\[[0-9]+m", "", line)), 80)
        self.assertNotIn("SUBJECT", text)
        self.assertNotIn("\x1b", self.on_a_terminal(80, env={"NO_COLOR": "1"}))
        self.assertIn("\x1b[33m", self.on_a_terminal(80, env={"NO_COLOR": ""}), "no-color.org: not when it is empty")

    def test_a_log_line_has_each_key_once(self):
        self.write("files/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        lines = self.once("json", "--log.format=json").stderr.splitlines()
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
        self.assertRegex(result.stdout, r"failed:\n  prod  not read within --once\.timeout")
        self.assertEqual(result.stderr, "", "the table says it")

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
        self.assertLess(table.index("a.pem"), table.index("broken.pem"), "what needs nobody is far from the prompt")
        self.assertLess(table.index("broken.pem"), table.index("b.pem"), "the soonest is next to the prompt")
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
        self.assertRegex(exporter.stderr_text, r"configuration problem.*web\.yml:1:1: basic_auth_user")
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
        self.assertEqual(broken.with_name("state.json.bad").read_text(), "[1, 2", "it is kept for whoever looks into it")
        self.assertEqual((errors(exporter, "syntax"), errors(exporter, "io")), (1, 0))
        self.assertEqual(len(exporter.metrics().series(HEADLINE)), 1, "the rest works")
        self.assertEqual(exporter.stop(), 0)
        self.assertIn("first.pem", broken.read_text(), "a good one is written over it")
        exporter = self.exporter(DIRECTORY, "--state.file", self.folder / "no-such-folder" / "state.json")
        exporter.ready()
        wait_for(lambda: errors(exporter, "io") == 1, what="a state file that cannot be written is counted")
        self.assertEqual(errors(exporter, "syntax"), 0)

    def test_state_file_of_a_newer_version(self):
        newer = (pathlib.Path(__file__).parent.parent / "data" / "state" / "newer.json").read_text()
        state = self.write("state.json", newer)
        exporter = self.exporter(DIRECTORY, "--state.file", state)
        exporter.ready()
        self.assertEqual(exporter.stop(), 0)
        lines = [line for line in exporter.stderr_text.splitlines() if "does not know" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("things=16", lines[0])
        self.assertIn("hsm", lines[0])
        self.assertFalse(state.with_name("state.json.bad").exists())
        self.assertIn('"version":2', state.read_text(), "it is written over")

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
        page = exporter.get("/")[2]
        self.assertLess(page.index("ancient.pem"), page.index("first.pem"), "soonest first")
        table = command("--config.file", exporter.config, "--once").stdout
        self.assertLess(table.index("first.pem"), table.index("ancient.pem"), "soonest last")

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
        result = command("--config.file", exporter.config, "--config.check=online", "--log.level=debug")
        outputs["--config.check=online"] = result.stdout + result.stderr
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
                                    "--web.listen-address", f"127.0.0.1:{port}"], stderr=subprocess.PIPE,
                                   env={"PATH": os.environ["PATH"], "BTP_CERT_EXPORTER_TEST_SPEED": "1000",
                                        **harness.sanitizer_env()})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        def ask(path="/-/healthy"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.read().decode() if answer.status == 200 else None
            except ConnectionError:
                return None
            finally:
                connection.close()
        def refreshes():
            return Samples(ask("/metrics")).value("btp_source_refresh_duration_seconds_count") or 0
        wait_for(ask, 20, "healthy")
        for _ in range(60):  # more lines than a pipe takes
            process.send_signal(signal.SIGUSR1)
            for _ in range(20):
                self.assertIsNotNone(ask())
        # everything goes on, refreshes too
        before = refreshes()
        def refreshed():
            process.send_signal(signal.SIGUSR1)
            return refreshes() > before + 1
        wait_for(refreshed, 60, "further refreshes")
        for path in ("/-/healthy", "/-/ready", "/metrics", "/", "/api/v1/certificates", "/api/v1/sources"):
            self.assertIsNotNone(ask(path), path)
        process.terminate()
        self.assertEqual(process.wait(harness.PATIENCE), 0)

    def test_no_core_dump(self):
        make_certificate(self.folder, "first")
        exporter = self.exporter(DIRECTORY)
        limits = pathlib.Path(f"/proc/{exporter.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0")


if __name__ == "__main__":
    unittest.main()
