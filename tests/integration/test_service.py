#!/usr/bin/python3
"""The program as a service: where it listens, sockets that systemd passes, and how its health is asked for."""
import ctypes
import hashlib
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest

import harness
from harness import Case, Process, command, make_certificate, wait_for

DIRECTORY = "sources:\n  - id: files\n    kind: directory\n    paths: [\"*.pem\"]\n"

# What systemd does: the sockets become descriptors from 3 on, for this process id alone.
LAUNCHER = """
import os, sys
first, count, names, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
for i in range(count):
    os.dup2(first + i, 3 + i)
    os.set_inheritable(3 + i, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(count), LISTEN_FDNAMES=names)
os.execv(program[0], program)
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=harness.PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(harness.PATIENCE)
        self.sock.connect(self.path)


def get(connection, path="/metrics"):
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def get_unix(path, what="/metrics"):
    return get(UnixConnection(str(path)), what)


def get_port(port, what="/metrics"):
    return get(http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE), what)


def free_port():
    with socket.socket(socket.AF_INET6) as one:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        one.bind(("::", 0))
        return one.getsockname()[1]


class ServiceCase(Case):
    def setUp(self):
        super().setUp()
        self.config = self.write("exporter.yml", DIRECTORY)
        self.short = pathlib.Path(f"/tmp/btp-{os.getpid()}-{self.folder.name}")  # paths of sockets are short
        self.short.mkdir()
        self.addCleanup(shutil.rmtree, self.short, True)

    def environment(self, env=None):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **harness.sanitizer_env(), **(env or {})}

    def start(self, *flags, env=None, launcher=(), pass_fds=()):
        """The daemon with these flags; no listen address is added."""
        program = Process([*launcher, harness.EXPORTER, "--config.file", self.config, *flags],
                          self.environment(env), pass_fds=pass_fds)
        self.addCleanup(self.stopped_well, program)
        return program

    def serve(self, *flags, **options):
        program = self.start(*flags, **options)
        program.wait_text("stderr_text", "msg=listening")
        return program

    def refused(self, *flags, env=None, code=2):
        result = command("--config.file", self.config, *flags, env=env)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stderr


class Addresses(ServiceCase):
    """Unix sockets and the variable PORT."""

    def test_unix_socket(self):
        path = self.short / "web.sock"
        program = self.serve("--web.listen-address", f"unix:{path}", "--web.health-listen-address",
                             f"unix:{self.short}/health.sock")
        self.assertIn(f"msg=listening address=unix:{path} tls=false serves=all", program.stderr_text)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o660)
        self.assertIn("btp_cert_exporter_build_info", get_unix(path)[1])
        self.assertEqual(get_unix(self.short / "health.sock")[0], 404)
        self.assertEqual(get_unix(self.short / "health.sock", "/-/healthy")[0], 200)
        self.assertIn("another process listens there",
                      self.refused("--web.listen-address", f"unix:{path}", code=1))
        self.assertEqual(get_unix(path)[0], 200, "the first one goes on")
        program.stop()
        self.assertEqual(list(self.short.iterdir()), [], "no socket file is left")

    def test_unix_socket_in_the_way(self):
        path = self.short / "web.sock"
        path.write_text("precious")
        self.assertIn("no socket has this name", self.refused("--web.listen-address", f"unix:{path}", code=1))
        self.assertEqual(path.read_text(), "precious")
        path.unlink()
        with socket.socket(socket.AF_UNIX) as stale:  # as SIGKILL leaves it
            stale.bind(str(path))
        self.serve("--web.listen-address", f"unix:{path}")
        self.assertEqual(get_unix(path)[0], 200)
        self.assertIn("unix:/nowhere/web.sock: No such file",
                      self.refused("--web.listen-address", "unix:/nowhere/web.sock", code=1))

    def test_unix_socket_of_a_successor_stays(self):
        path = self.short / "web.sock"
        first = self.serve("--web.listen-address", f"unix:{path}")
        path.unlink()
        self.serve("--web.listen-address", f"unix:{path}")
        first.stop()
        self.assertEqual(get_unix(path)[0], 200)

    def test_port_of_the_environment(self):
        port = free_port()
        program = self.serve(env={"PORT": str(port)})
        self.assertRegex(program.stderr_text, rf"msg=listening address=(\[::\]|0\.0\.0\.0):{port} ")
        self.assertEqual(get_port(port)[0], 200)
        for flags, env in ((("--web.listen-address", "127.0.0.1:0"), {}),
                           ((), {"BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS": "127.0.0.1:0"})):
            other = self.serve(*flags, env={"PORT": str(port), **env})
            self.assertNotIn(f":{port} ", other.stderr_text, "an address that is given wins")
            self.assertIn("address=127.0.0.1:", other.stderr_text)

    def test_port_that_makes_no_sense(self):
        for bad in ("http", "0", "65536", "80,81", "-1", "8080 ", "tcp://10.0.0.1:80"):
            text = self.refused(env={"PORT": bad})
            self.assertIn(f'PORT (environment): must be a port from 1 to 65535, not "{bad}"', text)
        self.assertEqual(command("--config.file", self.config, "--once", env={"PORT": "http"}).returncode, 0,
                         "where nothing is served it does not matter")


class Passed(ServiceCase):
    """--web.systemd-socket"""

    def sockets(self, *bound):
        """Listening sockets as systemd opens them, at descriptors that follow each other."""
        first = 50
        made = []
        for i, one in enumerate(bound):
            os.dup2(one.fileno(), first + i)
            made.append(first + i)
            self.addCleanup(os.close, first + i)
        return tuple(made)

    def listening(self, path=None):
        one = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self.addCleanup(one.close)
        one.bind(str(path) if path else ("127.0.0.1", 0))
        one.listen()
        return one

    def launch(self, names, *bound, flags=(), start=None):
        fds = self.sockets(*bound)
        launcher = (sys.executable, "-c", LAUNCHER, str(fds[0]), str(len(fds)), names)
        return (start or self.serve)("--web.systemd-socket", *flags, launcher=launcher, pass_fds=fds)

    def test_names(self):
        web, unix, health = self.listening(), self.listening(self.short / "w.sock"), self.listening()
        program = self.launch("health:web:other.socket", health, web, unix)
        ports = [one.getsockname()[1] for one in (web, health)]
        for line in (f"address=127.0.0.1:{ports[0]} tls=false serves=all",
                     f"address=unix:{self.short}/w.sock tls=false serves=all",
                     f"address=127.0.0.1:{ports[1]} tls=false serves=probes"):
            self.assertIn(line, program.stderr_text)
        self.assertEqual(get_port(ports[0])[0], 200)
        self.assertEqual(get_unix(self.short / "w.sock")[0], 200)
        self.assertEqual(get_port(ports[1])[0], 404)
        self.assertEqual(get_port(ports[1], "/-/healthy")[0], 200)
        self.assertEqual(program.stop(), 0)
        self.assertTrue((self.short / "w.sock").exists(), "the file is systemd's")

    def test_clients_wait_for_the_next_process(self):
        web = self.listening()
        port = web.getsockname()[1]
        first = self.launch("web", web)
        self.assertEqual(get_port(port)[0], 200)
        first.stop()
        answer = []
        client = threading.Thread(target=lambda: answer.append(get_port(port)[0]))
        client.start()
        second = socket.socket(fileno=os.dup(50))
        self.addCleanup(second.close)
        launcher = (sys.executable, "-c", LAUNCHER, "50", "1", "web")
        self.serve("--web.systemd-socket", launcher=launcher, pass_fds=(50,))
        client.join(harness.PATIENCE)
        self.assertEqual(answer, [200])

    def test_nothing_passed(self):
        self.assertIn("systemd has passed no socket", self.refused("--web.systemd-socket", code=1))
        self.assertIn("systemd has passed no socket",
                      self.refused("--web.systemd-socket", env={"LISTEN_PID": "1", "LISTEN_FDS": "1"}, code=1))

    def fails(self, text, names, *bound):
        fds = self.sockets(*bound)
        program = Process([sys.executable, "-c", LAUNCHER, str(fds[0]), str(len(fds)), names, harness.EXPORTER,
                           "--config.file", self.config, "--web.systemd-socket"], self.environment(), pass_fds=fds)
        program.wait_text("stderr_text", text)
        self.assertEqual(program.stop(), 1)

    def test_only_probes(self):
        self.fails("sockets of the name health only", "health", self.listening())

    def test_no_listening_socket(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            self.fails("descriptor 3, which systemd has passed, is no listening stream socket", "web", datagrams)


class Healthcheck(ServiceCase):
    """--healthcheck asks whoever runs with the same flags."""

    def check(self, *flags, env=None):
        result = command("--config.file", self.config, *flags, "--healthcheck", env=env)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual(result.stdout, "")
        return result.returncode, result.stderr

    def web_config(self, text=""):
        pki = harness.pki()
        return self.write("web.yml", f"tls_server_config:\n  cert_file: {pki}/server.pem\n"
                                     f"  key_file: {pki}/server-key.pem\n{text}")

    def test_plain(self):
        address = f"127.0.0.1:{free_port()}"
        code, text = self.check("--web.listen-address", address)
        self.assertEqual(code, 1)
        self.assertIn(f"not healthy: http://{address}/-/healthy: ", text)
        self.serve("--web.listen-address", address)
        # proxies are for the sources
        env = {"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "GNUTLS_DEBUG_LEVEL": "1"}
        code, text = self.check("--web.listen-address", address, env=env)
        self.assertEqual((code, text), (0, f"btp_cert_exporter: healthy: http://{address}/-/healthy: HTTP 200: "
                                           "btp_cert_exporter is healthy.\n"))

    def test_all_addresses(self):
        port = free_port()
        self.serve("--web.listen-address", f":{port}")
        for flags, env in ((("--web.listen-address", f":{port}"), None), ((), {"PORT": str(port)}),
                           (("--web.listen-address", f"0.0.0.0:{port}"), None),
                           ((), {"BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS": f"localhost:{port}"})):
            self.assertEqual(self.check(*flags, env=env)[0], 0)
        self.assertIn("http://[::1]:", self.check("--web.listen-address", f"[::]:{port}")[1])

    def test_unix(self):
        flags = ("--web.listen-address", f"unix:{self.short}/x")
        self.assertEqual(self.check(*flags)[0], 1)
        self.serve(*flags)
        self.assertEqual(self.check(*flags)[0], 0)

    def test_tls(self):
        flags = ("--web.listen-address", f"127.0.0.1:{free_port()}", "--web.config.file", self.web_config())
        self.serve(*flags)
        code, text = self.check(*flags)
        self.assertEqual(code, 0, text)
        self.assertIn("https://127.0.0.1", text)

    def test_locked_listener(self):
        """Where only some may ask, the check says what to do, and asks the listener for probes where there is one."""
        pki = harness.pki()
        address, health = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        hashed = "$2y$10$abcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i"
        for web, what in ((f"  client_ca_file: {pki}/client-ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n",
                           "demands a client certificate"),
                          (f"basic_auth_users: {{alice: {hashed}}}\n", "demands a password")):
            flags = ("--web.listen-address", address, "--web.config.file", self.web_config(web))
            code, text = self.check(*flags)
            self.assertEqual(code, 1)
            self.assertIn(what, text)
            self.assertIn("--web.health-listen-address", text)
            program = self.serve(*flags, "--web.health-listen-address", health)
            code, text = self.check(*flags, "--web.health-listen-address", health)
            self.assertEqual(code, 0, text)
            program.stop()

    def test_what_cannot_be_known(self):
        self.assertIn("name a port", self.check("--web.listen-address", "127.0.0.1:0")[1])
        self.assertIn("--web.health-listen-address", self.check("--web.systemd-socket")[1])
        self.write("web.yml", "nonsense: true\n")
        self.assertIn("web.yml:1:1: nonsense", self.check("--web.config.file", self.folder / "web.yml")[1])

    def test_other_answers(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            address = f"127.0.0.1:{server.getsockname()[1]}"
            code, text = self.check("--web.listen-address", address)  # accepted by the kernel, never answered
            self.assertEqual(code, 1)
            self.assertRegex(text, r"not healthy: .*timed out")

            def answer():
                client, _ = server.accept()  # the first one, which has gone
                client.close()
                client, _ = server.accept()
                client.recv(4096)
                client.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 15\r\n\r\nNot healthy: \x1bx")
                client.close()
            thread = threading.Thread(target=answer)
            thread.start()
            code, text = self.check("--web.listen-address", address)
            thread.join()
            self.assertEqual(code, 1)
            self.assertIn(r"HTTP 503: Not healthy: \x1bx", text)


class Notifications:
    """The socket of a service manager, and what came over it."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(harness.PATIENCE)
        self.all = []

    def next(self):
        lines = self.socket.recv(65536).decode().split("\n")
        self.all.append(dict(line.split("=", 1) for line in lines))
        return self.all[-1]

    def wait(self, name, pattern=""):
        """The next one that has this variable with a value in which the pattern is found."""
        while True:
            found = self.next()
            if name in found and re.search(pattern, found[name]):
                return found

    def drain(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.next()
        except BlockingIOError:
            self.socket.settimeout(harness.PATIENCE)

    def seen(self, name):
        return sum(name in one for one in self.all)


class Thread:
    """A thread of another process that can be stopped alone, by ptrace(2)."""
    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
    libc = ctypes.CDLL(None, use_errno=True)

    def __init__(self, thread_id):
        self.id = thread_id

    def trace(self, request):
        self.libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        if self.libc.ptrace(request, self.id, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    def stop(self):
        self.trace(self.SEIZE)
        self.trace(self.INTERRUPT)
        os.waitpid(self.id, 0x40000000)  # __WALL

    def go_on(self):
        self.trace(self.DETACH)


class Manager(ServiceCase):
    """What systemd hears: Type=notify and WatchdogSec=."""

    def manager(self, abstract=False):
        path = f"{self.short}/notify"
        notifications = Notifications("\0" + path if abstract else path)
        self.addCleanup(notifications.socket.close)
        return notifications, {"NOTIFY_SOCKET": ("@" if abstract else "") + path,
                               "BTP_CERT_EXPORTER_TEST_SPEED": "600"}

    def serve_locally(self, *flags, env):
        return self.serve("--web.listen-address", "127.0.0.1:0", *flags, env=env)

    def test_life(self):
        make_certificate(self.folder, "partner", days=100)
        for abstract in (False, True):
            notifications, env = self.manager(abstract)
            program = self.serve_locally(env=env)
            self.assertEqual(notifications.next(), {"READY": "1"}, "the first word")
            self.assertIn("msg=listening", program.stderr_text)
            notifications.wait("STATUS", r"^1 of 1 sources up; next expiry in (99|100) days: /.*/partner\.pem of files$")
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            program.signal(signal.SIGHUP)
            reloading = notifications.wait("RELOADING")
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertLessEqual(before, int(reloading["MONOTONIC_USEC"]))
            notifications.wait("READY")
            self.config.write_text("nonsense: true\n")
            program.signal(signal.SIGHUP)
            notifications.wait("RELOADING")
            notifications.wait("READY")
            notifications.wait("STATUS", "^the last reload failed, see the log; 1 of 1 sources up")
            self.config.write_text(DIRECTORY)
            program.signal(signal.SIGHUP)
            notifications.wait("STATUS", "^1 of 1 sources up")
            program.signal(signal.SIGTERM)
            notifications.wait("STOPPING", "^1$")
            self.assertEqual(program.stop(), 0)
            self.assertEqual(notifications.seen("WATCHDOG"), 0, "nobody asked for signs of life")
            notifications.socket.close()

    def test_status_is_one_printable_line(self):
        pem = make_certificate(self.folder, "c", days=30).read_text()
        (self.folder / "c.pem").unlink()
        self.write("a\nMAINPID=1\n\x1b.pem", pem)
        notifications, env = self.manager()
        self.serve_locally(env=env)
        found = notifications.wait("STATUS", "next expiry")
        self.assertEqual(list(found), ["STATUS"])
        self.assertIn(r"a\x0aMAINPID=1\x0a\x1b.pem of files", found["STATUS"])

    def test_status_of_sources(self):
        sim = self.simulator(harness.scenario())
        key = self.write("key.json", sim.key())
        sim.faults({"endpoint": "token", "kind": "status", "status": 503})
        make_certificate(self.folder, "old", days=10)
        self.config.write_text("sources:\n" + harness.source_yaml(key, sim.keys / "ca.pem") + DIRECTORY.split("\n", 1)[1])
        notifications, env = self.manager()
        self.serve_locally(env={**env, "BTP_CERT_EXPORTER_NOW": str(int(time.time()) + 20 * 86400)})
        notifications.wait("STATUS", r"^1 of 2 sources up; 1 certificate has expired$")
        self.assertNotIn(harness.CANARY, str(notifications.all))

    def test_watchdog(self):
        notifications, env = self.manager()
        pki = harness.pki()
        web = self.write("web.yml", f"tls_server_config: {{cert_file: {pki}/server.pem, key_file: {pki}/server-key.pem}}\n")
        program = self.serve_locally("--web.health-listen-address", f"unix:{self.short}/h", "--web.config.file", web,
                                     env={**env, "WATCHDOG_USEC": "1000000"})
        for _ in range(3):
            notifications.wait("WATCHDOG", "^1$")
        program.stop()
        notifications.drain()
        seen = notifications.seen("WATCHDOG")
        self.assertNotIn("no sign of life", program.stderr_text)
        other = self.serve_locally(env={**env, "WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"})
        notifications.wait("STATUS", "1 of 1 sources up")
        other.stop()
        notifications.drain()
        self.assertEqual(notifications.seen("WATCHDOG"), seen, "another process was meant")

    def test_credentials(self):
        """LoadCredential= makes a folder that only this service can read."""
        sim = self.simulator(harness.scenario())
        key = self.write("credentials/key.json", sim.key())
        key.chmod(0o400)
        env = {"CREDENTIALS_DIRECTORY": str(key.parent)}
        self.config.write_text("sources:\n" + harness.source_yaml("${CREDENTIALS_DIRECTORY}/key.json",
                                                                  sim.keys / "ca.pem"))
        for flags, more in ((("--config.file", self.config), {}),
                            ((), {"BTP_CERT_EXPORTER_BINDING_FILE": str(key)})):
            result = command(*flags, "--ca.file", sim.keys / "ca.pem", "--once=csv", env={**env, **more})
            self.assertEqual(result.returncode, 0, result.stderr)
        result = command("--config.file", self.config, "--config.check")
        self.assertIn("CREDENTIALS_DIRECTORY", result.stderr, "where it is not set")
        self.assertEqual(result.returncode, 2)

    def threads(self, program):
        """Thread id and what it is called, the main thread first."""
        folder = pathlib.Path(f"/proc/{program.process.pid}/task")
        return {int(one.name): (one / "comm").read_text().strip() for one in sorted(folder.iterdir())}

    def test_a_thread_that_hangs_ends_the_signs_of_life(self):
        notifications, env = self.manager()
        program = self.serve_locally("--web.health-listen-address", "127.0.0.1:0",
                                     env={**env, "WATCHDOG_USEC": "400000"})
        notifications.wait("WATCHDOG")
        listeners = [one for one, name in self.threads(program).items() if name.startswith("MHD")]
        self.assertEqual(len(listeners), 2, self.threads(program))
        for thread_id in (*listeners, program.process.pid):
            thread = Thread(thread_id)
            try:
                thread.stop()
            except PermissionError:
                self.skipTest("ptrace is not permitted here")
            time.sleep(0.5)  # a sign that is under way; more time makes the test no stricter
            notifications.drain()
            before = notifications.seen("WATCHDOG")
            time.sleep(1)
            notifications.drain()
            self.assertEqual(notifications.seen("WATCHDOG"), before, self.threads(program)[thread_id])
            if thread_id != program.process.pid:
                program.wait_text("stderr_text", r"no sign of life is given.*reason=\"the thread that serves 127")
            thread.go_on()
            notifications.wait("WATCHDOG")


def shard_of(source, count):
    """As docs/operations.md says it."""
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:8], "big") % count + 1


class Shards(ServiceCase):
    """--shard=I/N"""
    IDS = [f"quelle-{i}-ä" for i in range(50)]

    def setUp(self):
        super().setUp()
        self.certificate = make_certificate(self.folder, "c", days=100)
        self.write_config(self.IDS)

    def write_config(self, ids):
        self.config.write_text("sources:\n" + "".join(
            f"  - {{ id: \"{one}\", kind: directory, paths: [\"*.pem\"], poll_interval: 7d }}\n" for one in ids))

    def expose(self, *flags):
        program = self.serve("--web.listen-address", "127.0.0.1:0", *flags,
                             env={"BTP_CERT_EXPORTER_NOW": str(int(time.time()) // 1000 * 1000),
                                  "BTP_CERT_EXPORTER_TEST_SPEED": "600"})
        port = int(re.search(r"address=127\.0\.0\.1:(\d+)", program.stderr_text).group(1))
        wait_for(lambda: get_port(port, "/-/ready")[0] == 200)
        return program, port

    def series(self, port):
        samples = harness.Samples(get_port(port)[1]).samples
        return [key for key in samples if not key[0].startswith(("process_", "btp_cert_exporter_"))]

    def test_together_they_are_one(self):
        _, port = self.expose()
        whole = self.series(port)
        self.assertGreater(len(whole), 500)
        self.assertNotIn("btp_cert_exporter_shard", get_port(port)[1])
        parts = []
        for i in (1, 2, 3):
            program, port = self.expose(f"--shard={i}/3")
            mine = [one for one in self.IDS if shard_of(one, 3) == i]
            self.assertTrue(0 < len(mine) < 50)
            text = get_port(port)[1]
            self.assertEqual(harness.Samples(text).labels("btp_source_info", "source"), sorted(mine))
            self.assertIn(f'btp_cert_exporter_shard{{index="{i}",count="3"}} 1\n', text)
            self.assertEqual(re.findall(r'msg="sources of other shards are left out".*', program.stderr_text),
                             [f'msg="sources of other shards are left out" shard={i}/3 left_out={50 - len(mine)} '
                              f"watched={len(mine)}"])
            parts += self.series(port)
        self.assertEqual(sorted(parts), sorted(whole), "each series exactly once")

    def test_reload(self):
        program, port = self.expose("--shard=2/3")
        ids = [f"other-{i}" for i in range(20)]
        self.write_config(ids)
        program.signal(signal.SIGHUP)
        program.wait_text("stderr_text", "configuration reloaded")
        self.assertEqual(harness.Samples(get_port(port)[1]).labels("btp_source_info", "source"),
                         sorted(one for one in ids if shard_of(one, 3) == 2))

    def test_none_is_fine(self):
        self.write_config(["a"])
        empty = shard_of("a", 3) % 3 + 1
        _, port = self.expose(f"--shard={empty}/3")
        self.assertEqual(self.series(port), [])
        self.assertEqual(get_port(port, "/-/healthy")[0], 200)
        self.assertEqual(get_port(port, "/")[0], 200)
        result = command("--config.file", self.config, f"--shard={empty}/3", "--once=metrics")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("btp_cert_exporter_shard{", result.stdout)

    def test_the_whole_file_is_checked(self):
        broken = "broken"
        shard = shard_of(broken, 2)
        self.write_config(["a", "a"])
        for i in (1, 2):
            self.assertIn("a", self.refused(f"--shard={i}/2"))
        self.config.write_text(f"sources:\n  - {{ id: {broken}, kind: destination-service, binding_file: bad.json }}\n")
        self.write("bad.json", "{}")
        self.assertIn("bad.json", self.refused(f"--shard={shard}/2"))
        self.assertIn("bad.json", self.refused(f"--shard={3 - shard}/2", "--config.check"))
        result = command("--config.file", self.config, f"--shard={3 - shard}/2", "--once")
        self.assertEqual(result.returncode, 0, "a shard needs its own keys only: " + result.stderr)

    def test_the_hash_never_changes(self):
        self.assertEqual([shard_of(one, 3) for one in ("prod-eu10", "prod-us10", "scc-walldorf", "local")],
                         [2, 1, 3, 2])


# fsync(2) that says where it is, and waits until it may go on
SLOW_FSYNC = """
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int fsync(int fd)
{
	(void)fd;
	int here = open(getenv("FSYNC_HERE"), O_CREAT | O_WRONLY, 0600);
	close(here);
	while (access(getenv("FSYNC_GO"), F_OK) != 0)
		usleep(1000);
	return 0;
}
"""


class Output(ServiceCase):
    """--once.output, as a textfile collector needs it."""

    def test_ended_while_it_is_written(self):
        libraries = subprocess.run(["ldd", harness.EXPORTER], text=True, capture_output=True, check=True).stdout
        if "libasan" in libraries or "libtsan" in libraries:
            self.skipTest("sanitizers do not go with LD_PRELOAD")
        make_certificate(self.folder, "c", days=100)
        library = self.folder / "slow.so"
        harness.run("cc", "-shared", "-fPIC", "-o", library, self.write("slow.c", SLOW_FSYNC))
        out = self.write("out/btp.prom", "older\n")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            here, go = self.folder / f"here{number}", self.folder / f"go{number}"
            program = Process([harness.EXPORTER, "--config.file", self.config, "--once=metrics", "--once.output", out],
                              self.environment({"LD_PRELOAD": str(library), "FSYNC_HERE": str(here),
                                                "FSYNC_GO": str(go)}))
            wait_for(here.exists)
            aside = [one.name for one in out.parent.iterdir() if one != out]
            self.assertEqual(len(aside), 1)
            self.assertFalse(aside[0].endswith(".prom"), "the collector reads *.prom")
            program.signal(number)
            go.touch()
            self.assertEqual(program.process.wait(harness.PATIENCE), 0)
            program.stop()
            self.assertEqual([one.name for one in out.parent.iterdir()], ["btp.prom"])
            self.assertIn("btp_certificate_info", out.read_text())
            self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o644)

    def test_ended_before(self):
        sim = self.simulator(harness.scenario())
        key = self.write("key.json", sim.key())
        sim.faults({"endpoint": "token", "kind": "hang"})
        out = self.write("out/btp.prom", "older\n")
        program = Process([harness.EXPORTER, "--binding.file", key, "--ca.file", sim.keys / "ca.pem", "--once=metrics",
                           "--once.output", out], self.environment())
        wait_for(lambda: sim.requests(endpoint="token"))
        program.signal(signal.SIGTERM)
        self.assertEqual(program.process.wait(harness.PATIENCE), -signal.SIGTERM, "at once")
        program.stop()
        self.assertEqual([(one.name, one.read_text()) for one in out.parent.iterdir()], [("btp.prom", "older\n")])


if __name__ == "__main__":
    unittest.main()
