#!/usr/bin/python3
"""
Every file of deploy/recipes, loaded by the program that it is for: promtool and Prometheus (also as an agent that really
writes to a receiver), systemd-analyze, the shell. There is no OpenTelemetry Collector in Debian or npm, so of its file
only the shape is known.
"""
import http.server
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

import yaml  # noqa: E402

import harness  # noqa: E402
from harness import EXPORTER, Case, Process, command, free_port, wait_for  # noqa: E402

RECIPES = ROOT / "deploy" / "recipes"
TOOLS = ROOT / "build" / "tools" / "usr" / "bin"
PATH = f"{TOOLS}:{os.environ['PATH']}"


def tool(name):
    found = shutil.which(name, path=PATH)
    if found is None:
        raise unittest.SkipTest(f"{name} is missing")
    return found


def flags(text):
    return set(re.findall(r"(--[a-z][a-z0-9.-]*)", text))


class Files(Case):
    def test_each_is_listed_and_tested(self):
        names = {p.name for p in RECIPES.iterdir()}
        self.assertEqual(names - set(re.findall(r"\]\(([^)/]+)\)", (RECIPES / "README.md").read_text())), {"README.md"})
        own = pathlib.Path(__file__).read_text()
        for name in names - {"README.md"}:
            self.assertIn(f'"{name}"', own)

    def test_flags(self):
        """Every flag of the exporter that a recipe names exists."""
        known = flags(command("--help").stdout.replace("--[no-]", "--"))
        for path in RECIPES.iterdir():
            for line in re.sub(r"\\\n", " ", path.read_text()).splitlines():
                found = re.search(r"btp_cert_exporter (--.*)", line)
                if found:
                    self.assertLessEqual(flags(found.group(1)), known, path.name)

    def test_promtool(self):
        for name in "prometheus-shards.yml", "prometheus-pair.yml":
            result = subprocess.run([tool("promtool"), "check", "config", RECIPES / name], text=True, capture_output=True)
            self.assertEqual(result.returncode, 0, result.stderr)
        result = subprocess.run([tool("promtool"), "check", "config", "--agent", RECIPES / "prometheus-agent.yml"],
                                text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_shards(self):
        text = (RECIPES / "prometheus-shards.yml").read_text()
        ports = re.findall(r"--shard=(\d)/3 --web.listen-address=:(\d+)", text)
        self.assertEqual([int(index) for index, _ in ports], [1, 2, 3])
        job, = yaml.safe_load(text)["scrape_configs"]
        self.assertEqual(job["static_configs"][0]["targets"], [f"localhost:{port}" for _, port in ports])

    def test_collector(self):
        """What refers to a component names one, each component is used, and the scrape configuration is Prometheus' own."""
        document = yaml.safe_load((RECIPES / "otel-collector.yml").read_text())
        self.assertEqual(set(document), {"receivers", "processors", "exporters", "service"})
        used = {"receivers": set(), "processors": set(), "exporters": set()}
        for name, pipeline in document["service"]["pipelines"].items():
            self.assertTrue(name.startswith("metrics/"))
            for kind, components in pipeline.items():
                used[kind] |= set(components)
            self.assertEqual(pipeline["processors"][0], "memory_limiter")
            self.assertEqual(pipeline["processors"][-1], "batch")
        for kind, components in used.items():
            self.assertEqual(components, set(document[kind]), kind)
        # the system's id is moved to the resource before it is read there
        order = document["service"]["pipelines"]["metrics/splunk"]["processors"]
        self.assertLess(order.index("groupbyattrs"), order.index("transform/source"))
        statements = document["processors"]["transform/source"]["metric_statements"][0]["statements"]
        self.assertTrue(statements[0].startswith('set(attributes["com.splunk.source"], attributes["system_id"])'))
        scrape = document["receivers"]["prometheus"]["config"]
        for secret in document["exporters"]["splunk_hec"]["token"], document["exporters"]["otlphttp/dynatrace"]["headers"]["Authorization"]:
            self.assertIn("${env:", secret)
        path = self.write("prometheus.yml", yaml.safe_dump(scrape))
        result = subprocess.run([tool("promtool"), "check", "config", path], text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        keep, rename, drop = scrape["scrape_configs"][0]["metric_relabel_configs"]
        keep = keep["regex"]
        # a label `source` would stand in the way of Splunk's own
        self.assertEqual((rename["source_labels"], rename["target_label"], drop["regex"], drop["action"]),
                         (["source"], "btp_source", "source", "labeldrop"))
        families = re.findall(r"^# TYPE (\S+)", (ROOT / "tests" / "golden" / "metrics.txt").read_text(), re.M)
        kept = {family for family in families if re.fullmatch(keep, family)}
        self.assertIn("btp_certificate_expiry_timestamp_seconds", kept)
        self.assertEqual({family for family in kept if family.startswith(("process_", "btp_cert_exporter_", "btp_api_"))}, set())

    def test_units(self):
        """systemd-analyze says nothing at all about the timer and its service; the program is put where it is here."""
        folder = self.folder
        text = (RECIPES / "btp-textfile.service").read_text()
        (folder / "btp-textfile.service").write_text(text.replace("/usr/bin/btp_cert_exporter", EXPORTER))
        shutil.copy(RECIPES / "btp-textfile.timer", folder)
        result = subprocess.run([tool("systemd-analyze"), "verify", folder / "btp-textfile.timer", folder / "btp-textfile.service"],
                                text=True, capture_output=True)
        said = [line for line in (result.stdout + result.stderr).splitlines() if "btp-textfile" in line]
        self.assertEqual(said, [])

    def test_textfile(self):
        """The service's command line writes a file that promtool takes for metrics."""
        line = re.search(r"^ExecStart=(.*)$", (RECIPES / "btp-textfile.service").read_text(), re.M).group(1)
        harness.make_certificate(self.folder, "a", days=100)
        config = self.write("exporter.yml", 'sources: [{ id: local, kind: directory, paths: ["*.pem"] }]\n')
        words = line.replace("${TEXTFILE_DIRECTORY}", str(self.folder)).replace("/etc/btp_cert_exporter/exporter.yml", str(config)).split()
        self.assertEqual(words[0], "/usr/bin/btp_cert_exporter")
        result = command(*words[1:])
        self.assertEqual(result.returncode, 0, result.stderr)
        text = (self.folder / "btp.prom").read_text()
        self.assertIn('btp_certificate_expiry_timestamp_seconds{source="local"', text)
        # node_exporter, another user, reads it
        self.assertTrue(os.stat(self.folder / "btp.prom").st_mode & stat.S_IROTH)
        result = subprocess.run([tool("promtool"), "check", "metrics"], input=text, text=True, capture_output=True)
        self.assertNotIn("error", result.stderr)


class Mail(Case):
    def run_mail(self, days):
        """One run with a certificate that expires in `days`; returns the exit code and what was mailed."""
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "btp_cert_exporter").symlink_to(EXPORTER)
        mail = programs / "mail"
        mail.write_text(f'#!/bin/sh\necho "$@" >{self.folder}/arguments\ncat >{self.folder}/mailed\n')
        mail.chmod(0o755)
        if days is not None:
            harness.make_certificate(self.folder, "a", days=days)
        config = self.write("exporter.yml", f'sources: [{{ id: local, kind: directory, paths: ["{self.folder}/a.pem"] }}]\n')
        subprocess.run([RECIPES / "btp-certificates-mail", config, "a@example.com", "b@example.com"], check=True,
                       env={"PATH": f"{programs}:{os.environ['PATH']}", **harness.sanitizer_env()})
        mailed = self.folder / "mailed"
        return ((self.folder / "arguments").read_text(), mailed.read_text()) if mailed.exists() else None

    def test_nothing_to_say(self):
        self.assertIsNone(self.run_mail(300))

    def test_expires_soon(self):
        arguments, text = self.run_mail(5)
        self.assertEqual(arguments, "-s SAP BTP: certificates expire within 14 days a@example.com b@example.com\n")
        self.assertIn("a.pem", text)

    def test_cannot_be_read(self):
        arguments, text = self.run_mail(None)
        self.assertIn("could not all be read", arguments)
        self.assertIn("a.pem", text)

    def test_cron(self):
        """The line of the table has five times, a user, and a program that exists here under that name."""
        lines = [line for line in (RECIPES / "btp-certificates.cron").read_text().splitlines() if re.match(r"[0-9*]", line)]
        fields = lines[0].split()
        self.assertEqual((len(lines), fields[:5]), (1, ["30", "6", "*", "*", "1-5"]))
        self.assertEqual(fields[6], "/usr/local/bin/btp-certificates-mail")
        self.assertTrue(os.access(RECIPES / pathlib.Path(fields[6]).name, os.X_OK))


class Agent(Case):
    def test_agent_writes(self):
        """Prometheus as an agent with the recipe, whose addresses only are others, sends what it scraped."""
        received = []

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, self.headers["Authorization"], self.headers["Content-Encoding"], len(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        harness.make_certificate(self.folder, "a", days=100)
        exporter = self.exporter('sources: [{ id: local, kind: directory, paths: ["a.pem"] }]\n')
        exporter.ready()
        text = (RECIPES / "prometheus-agent.yml").read_text()
        for old, new in (("https://thanos-receive.example.com", f"http://127.0.0.1:{receiver.server_port}"),
                         ("localhost:9936", f"127.0.0.1:{exporter.port}"), ("scrape_interval: 1m", "scrape_interval: 1s"),
                         ("scrape_timeout: 30s", "scrape_timeout: 1s")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        config = self.write("agent.yml", text)
        self.write("remote-write-password", "made-up")
        port = free_port()
        prometheus = Process([tool("prometheus"), "--enable-feature=agent", f"--config.file={config}",
                              f"--storage.agent.path={self.folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
                             {"PATH": PATH})
        self.addCleanup(prometheus.stop)
        wait_for(lambda: received, what="a remote write")
        path, authorization, encoding, size = received[0]
        self.assertEqual((path, encoding), ("/api/v1/receive", "snappy"))
        self.assertTrue(authorization.startswith("Basic "))
        self.assertGreater(size, 0)


if __name__ == "__main__":
    unittest.main()
