"""A real Prometheus and a real Alertmanager with the shipped rules and configuration, and those who are notified."""
import http.client
import http.server
import json
import random
import re
import shutil
import socket
import socketserver
import threading
import unittest
import urllib.parse

import harness
from harness import Process, wait_for

PROJECT = harness.TESTS.parent
RULES = PROJECT / "alerts" / "btp_cert_exporter.rules.yml"
ALERTMANAGER = PROJECT / "deploy" / "alertmanager" / "alertmanager.yml"
PROMETHEUS = PROJECT / "deploy" / "prometheus" / "prometheus.yml"


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise unittest.SkipTest(f"{name} is not there (tests/fetch-tools)")
    return path


def lasting_port():
    """A free port that stays free while its server is away: outgoing connections take theirs from 32768 on."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(20000, 32000)))
                return probe.getsockname()[1]
            except OSError:
                pass


def alerts_of(rules):
    """{alert: the set of its severities} of a rules file."""
    result = {}
    for name, body in re.findall(r"^      - alert: (\S+)\n((?:        .*\n)+)", rules, re.MULTILINE):
        result.setdefault(name, set()).add(re.search(r'severity: "(\w+)"', body).group(1))
    return result


def replaced(pattern, replacement, text):
    """re.sub that wants to find something: what is shipped may have changed."""
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    if count == 0:
        raise AssertionError(f"nothing like {pattern}")
    return text


def impatient(config):
    """Alertmanager's configuration with short waits, and on each day of the week; routes and inhibitions are as shipped."""
    for key, value in (("group_wait", "2s"), ("group_interval", "2s"), ("repeat_interval", "12h")):
        config = replaced(rf"^( +{key}:) .*$", rf"\1 {value}", config)
    config = replaced(r"^(route:\n  receiver: .*)$", r"\1\n  group_wait: 2s", config)
    return replaced(r"^ +active_time_intervals: .*\n", "", config)


def to_webhook(config, url):
    """The same with a webhook for each receiver."""
    section = re.compile(r"^receivers:\n(?:[ #].*\n|\n)+", re.MULTILINE)
    names = re.findall(r"^  - name: (\S+)$", section.search(config).group(0), re.MULTILINE)
    lines = [f"  - name: {name}\n    webhook_configs:\n      - url: {url}/{name}\n" for name in names]
    return section.sub(lambda _: "receivers:\n" + "".join(lines) + "\n", config)


class Webhook:
    """Keeps what Alertmanager sends: each notification with its receiver."""

    def __init__(self):
        self.notifications = []
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.notifications.append(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def alerts(self, status, /, **labels):
        """[(notification, alert)] of all alerts that were sent with this status and these labels."""
        return [(notification, alert) for notification in list(self.notifications) for alert in notification["alerts"]
                if alert["status"] == status and all(alert["labels"].get(k, "") == v for k, v in labels.items())]


class Mailbox:
    """A mail server that says yes, and keeps (recipient, message)."""

    def __init__(self):
        self.mails = []
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                recipient = ""
                self.say("220 mailbox")
                for line in self.rfile:
                    command = line.decode().strip()
                    if command.upper().startswith("RCPT TO:"):
                        recipient = command[8:].strip("<> ")
                    if command.upper() == "DATA":
                        self.say("354 go on")
                        mailbox.mails.append((recipient, b"".join(iter(self.rfile.readline, b".\r\n")).decode()))
                    self.say("221 bye" if command.upper() == "QUIT" else "250 ok")
                    if command.upper() == "QUIT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Server(Process):
    """A server with an HTTP API."""

    def __init__(self, command):
        self.port = lasting_port()
        super().__init__([*command, f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"])
        wait_for(self.ready, 60, f"{command[0]} is ready")

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: {self.stderr_text}")
        try:
            return self.call("GET", "/-/ready", plain=True)
        except OSError:
            return None

    def call(self, method, path, body=None, plain=False):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            if plain:
                return None
            raise AssertionError(f"{method} {path}: {answer.status} {text}")
        return text or " " if plain else json.loads(text or "null")


class Alertmanager(Server):
    def __init__(self, config, folder):
        folder.mkdir()
        shutil.copy(ALERTMANAGER.parent / "btp.tmpl", folder)
        (folder / "alertmanager.yml").write_text(config)
        super().__init__([tool("prometheus-alertmanager"), f"--config.file={folder}/alertmanager.yml",
                          f"--storage.path={folder}/data", "--cluster.listen-address="])

    def post(self, alerts):
        self.call("POST", "/api/v2/alerts", alerts)

    def state(self, **labels):
        """[(labels, state)] of the alerts with these labels; active or suppressed."""
        return [(alert["labels"], alert["status"]["state"]) for alert in self.call("GET", "/api/v2/alerts")
                if all(alert["labels"].get(k, "") == v for k, v in labels.items())]


class Prometheus(Server):
    def __init__(self, config, folder):
        self.folder = folder
        (folder / "prometheus.yml").write_text(config)
        super().__init__([tool("prometheus"), f"--config.file={folder}/prometheus.yml",
                          f"--storage.tsdb.path={folder}/tsdb", "--rules.alert.resend-delay=5s"])

    def query(self, expression):
        return self.call("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["data"]["result"]

    def alerts(self, **labels):
        return [alert for alert in self.call("GET", "/api/v1/alerts")["data"]["alerts"]
                if all(alert["labels"].get(k, "") == v for k, v in labels.items())]
