"""
Starts the real exporter against the simulators over real TLS, for the integration tests.

Needs the environment variables EXPORTER, SIM_BIN (built programs) and WORK (a folder for everything
that is made once for all tests: stores, keys); ctest sets them. Only the standard library of Debian's
python3 and, where a test judges the exposition, python3-prometheus-client.
"""
import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
EXPORTER = os.environ.get("EXPORTER", "")
SIM = os.environ.get("SIM_BIN", "")
WORK = pathlib.Path(os.environ.get("WORK", "/tmp/btp-test-work"))
# what must never be seen in any output; scenarios plant texts that hold it
CANARY = "CANARY"
WORK.mkdir(parents=True, exist_ok=True)


PATIENCE = 300  # seconds that only what hangs takes, on a busy machine too; ctest waits longer


def run(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, text=True, capture_output=True, **options)


def once(path, make):
    """Makes a folder once for all tests and processes."""
    with open(WORK / f".{path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = WORK / path
        if not (path / ".done").exists():
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
            make(path)
            (path / ".done").touch()
    return path


def pki():
    return once("pki", lambda path: run(TESTS / "sim" / "make-pki", path))


def stores():
    return once("stores", lambda path: run(TESTS / "data" / "stores" / "make-stores", path))


def manifest():
    return json.loads((stores() / "manifest.json").read_text())


def wait_for(check, seconds=PATIENCE, what="condition"):
    seconds = max(seconds, PATIENCE)
    end = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class Process:
    """A program whose stdout and stderr are collected while it runs."""

    def __init__(self, command, env=None, user=None, pass_fds=()):
        self.stdout_text = ""
        self.stderr_text = ""
        self.process = subprocess.Popen(
            [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace", env=env, user=user, pass_fds=pass_fds)
        self.threads = [threading.Thread(target=self._collect, args=("stdout_text", self.process.stdout)),
                        threading.Thread(target=self._collect, args=("stderr_text", self.process.stderr))]
        for thread in self.threads:
            thread.daemon = True
            thread.start()

    def _collect(self, name, stream):
        for line in stream:
            setattr(self, name, getattr(self, name) + line)

    def wait_text(self, stream, pattern, seconds=PATIENCE, start=0):
        def look():
            found = re.search(pattern, getattr(self, stream)[start:])
            if not found and self.process.poll() is not None:
                for thread in self.threads:
                    thread.join(PATIENCE)
                found = re.search(pattern, getattr(self, stream)[start:])
                if not found:
                    raise AssertionError(f"ended with {self.process.returncode}: {self.stderr_text}")
            return found
        return wait_for(look, seconds, f"{pattern} in {stream}")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not stop; stderr: {self.stderr_text[-2000:]}")
        for thread in self.threads:
            thread.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Simulator(Process):
    """The Destination service with its token service; `control` talks to it."""

    def __init__(self, scenario, folder, server="server", keys=None):
        self.folder = pathlib.Path(folder)
        self.scenario = scenario
        path = self.folder / "scenario.json"
        path.write_text(json.dumps(scenario))
        self.keys = keys or pki()
        super().__init__([SIM, "--scenario", path, "--tls-cert", self.keys / f"{server}.pem",
                          "--tls-key", self.keys / f"{server}-key.pem",
                          "--client-ca", self.keys / "client-ca.pem"])
        self.ports = json.loads(self.wait_text("stdout_text", r"\{.*\}").group(0))

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["control"], timeout=PATIENCE)
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise AssertionError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text.strip().startswith(("[", "{")) else text

    def requests(self, **wanted):
        return [r for r in self.control("GET", "/requests") if all(r.get(k) == v for k, v in wanted.items())]

    def stats(self):
        return self.control("GET", "/stats")

    def faults(self, *faults):
        self.control("POST", "/faults", list(faults))

    def change(self, scenario):
        self.scenario = scenario
        self.control("PUT", "/scenario", scenario)

    def key(self, client_id="sb-secret!b1|destination-xsappname!b404", **fields):
        """A service key with a client secret for this simulator."""
        key = {
            "clientid": client_id, "clientsecret": f"{CANARY}-s3cret$+/=", "credential-type": "binding-secret",
            "identityzone": "acme", "uaadomain": "authentication.localhost",
            "url": f"https://acme.authentication.localhost:{self.ports['token']}",
            "certurl": f"https://acme.authentication.cert.localhost:{self.ports['mtls']}",
            "uri": f"https://destination-configuration.localhost:{self.ports['service']}",
            "instanceid": "1111", "tenantid": "zone-guid",
            "verificationkey": "-----BEGIN PUBLIC KEY-----MIIB-----END PUBLIC KEY-----",
        }
        key.update(fields)
        return {k: v for k, v in key.items() if v is not None}

    def x509_key(self, **fields):
        return self.key("sb-x509!b1|destination-xsappname!b404", clientsecret=None, **{
            "credential-type": "x509",
            "certificate": (self.keys / "client.pem").read_text(),
            "key": (self.keys / "client-key.pem").read_text(), **fields})


def scenario(subaccount=None, instance=None, **more):
    """A scenario with one tenant, a secret client and an X.509 client."""
    level = {"certificates": [], "destinations": [], "fragments": []}
    tenant = {"subdomain": "acme", "zid": "zone-guid", "subaccountid": "subaccount-guid",
              "subaccount": {**level, **(subaccount or {})},
              "instances": {"1111": {**level, **(instance or {})}}}
    if "saml" in more:
        tenant["saml"] = more.pop("saml")
    document = {
        "token": {"lifetime_s": 43199, "marker": f"{CANARY}-token"},
        "clients": [
            {"client_id": "sb-secret!b1|destination-xsappname!b404", "client_secret": f"{CANARY}-s3cret$+/=",
             "instance_id": "1111"},
            {"client_id": "sb-x509!b1|destination-xsappname!b404", "certificate_cn": "*", "instance_id": "1111"},
        ],
        "tenants": [tenant] + more.pop("tenants", []),
    }
    document.update(more)
    return document


def source_yaml(key_file, ca_file, source_id="prod", **settings):
    settings = {"poll_interval": "7d", **settings}  # tests ask for refreshes themselves
    lines = [f"  - id: {source_id}", "    kind: destination-service", f"    binding_file: {key_file}",
             f"    ca_file: {ca_file}"]
    lines += [f"    {key}: {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join(lines) + "\n"


class Exporter(Process):
    """The real daemon on a free port of the loopback interface, or on `port`."""

    def __init__(self, config, folder, *flags, env=None, speed=600, now=None, binary=EXPORTER,
                 user=None, port=0):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "exporter.yml"
        if config is not None:
            self.config.write_text(config)
            flags = ("--config.file", self.config, *flags)
        if not any(str(flag).startswith("--log.level") for flag in flags):
            flags = (*flags, "--log.level", "debug")  # refresh() reads the log
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder),
                       "BTP_CERT_EXPORTER_TEST_SPEED": str(speed), **sanitizer_env(), **(env or {})}
        if now is not None:
            environment["BTP_CERT_EXPORTER_NOW"] = str(now)
        super().__init__([binary, "--web.listen-address", f"127.0.0.1:{port}", *flags], environment, user)
        found = self.wait_text("stderr_text", r"msg=listening address=127\.0\.0\.1:(\d+)")
        self.port = int(found.group(1))

    def get(self, path="/metrics", method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def metrics(self):
        status, _, body = self.get()
        if status != 200:
            raise AssertionError(f"/metrics: {status} {body}")
        return Samples(body)

    def ready(self, seconds=PATIENCE):
        wait_for(lambda: self.get("/-/ready")[0] == 200, seconds, "ready")
        return self.metrics()

    def refresh(self, source="prod", seconds=PATIENCE, meanwhile=lambda: None):
        """
        Asks for a refresh of everything and waits until `source`, or each of several, ended one that began after the
        call. The others may still be asking their services then.
        """
        sources = (source,) if isinstance(source, str) else source
        # the log says it exactly, a counter does not: a refresh may have been running at the call
        seen = len(self.stderr_text)
        self.signal(signal.SIGUSR1)
        asked = seen + self.wait_text("stderr_text", "refresh of all sources was asked for", start=seen).end()
        running = {one: self.logged("another one follows", one, seen, asked) for one in sources}

        def ended():
            meanwhile()
            return all(self.logged("msg=refreshed", one, asked) > running[one] for one in sources)
        wait_for(ended, seconds, "a refresh")
        return self.metrics()

    def logged(self, message, source, start=0, end=None):
        """How many lines of the log say `message` of `source`."""
        lines = self.stderr_text[start:end].splitlines()
        return sum(message in line and f"source={source}" in line.split() for line in lines)

    def refreshes(self, source="prod"):
        return self.metrics().value("btp_source_refresh_duration_seconds_count", source=source) or 0


def sanitizer_env():
    return {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
            if name in os.environ}


def command(*flags, env=None, timeout=PATIENCE, speed=600):
    """The exporter as a command that ends: --once, --config.check, usage errors."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent",
                   "BTP_CERT_EXPORTER_TEST_SPEED": str(speed), **sanitizer_env(), **(env or {})}
    return subprocess.run([str(f) for f in (EXPORTER, *flags)], text=True, errors="replace", capture_output=True,
                          env=environment, timeout=timeout)


class Samples:
    """An exposition in text format 0.0.4, read by the tests' own strict little reader."""
    LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
    LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')

    def __init__(self, text):
        self.text = text
        self.samples = {}
        for line in text.split("\n"):
            if not line or line.startswith("#"):
                continue
            name, labels, value = self.LINE.match(line).groups()
            key = (name, self._labels(labels or ""))
            if key in self.samples:
                raise AssertionError(f"series twice: {line}")
            self.samples[key] = float(value)

    def _labels(self, text):
        labels, at = [], 0
        while at < len(text):
            found = self.LABEL.match(text, at)
            if not found:
                raise AssertionError(f"bad labels: {text}")
            value = re.sub(r'\\(.)', lambda m: "\n" if m.group(1) == "n" else m.group(1), found.group(2))
            labels.append((found.group(1), value))
            at = found.end()
        return tuple(sorted(labels))

    def series(self, family, /, **wanted):
        result = []
        for (sample, labels), value in self.samples.items():
            if sample == family and all(dict(labels).get(k) == v for k, v in wanted.items()):
                result.append((dict(labels), value))
        return result

    def value(self, family, /, **wanted):
        found = self.series(family, **wanted)
        if len(found) > 1:
            raise AssertionError(f"{family}{wanted}: {len(found)} series")
        return found[0][1] if found else None

    def labels(self, family, label, /, **wanted):
        return sorted({labels.get(label, "") for labels, _ in self.series(family, **wanted)})

    def names(self):
        return {name for name, _ in self.samples}


class Case(unittest.TestCase):
    """A test with a folder of its own, whose programs end with it."""
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="btp-", dir=WORK))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def simulator(self, document, **options):
        sim = Simulator(document, self.folder, **options)
        self.addCleanup(self.stopped_well, sim)
        return sim

    def exporter(self, config, *flags, **options):
        exporter = Exporter(config, self.folder, *flags, **options)
        self.addCleanup(self.stopped_well, exporter)
        return exporter

    def stopped_well(self, process):
        code = process.process.poll()
        if code is None:
            code = process.stop()
        self.assertEqual(code, 0, process.stderr_text[-4000:])

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def service(self, document, *flags, key=None, settings=None, **options):
        """A simulator and an exporter with one source, ready."""
        sim = self.simulator(document)
        key_file = self.write("key.json", key(sim) if key else sim.key())
        config = "sources:\n" + source_yaml(key_file, sim.keys / "ca.pem", **(settings or {}))
        exporter = self.exporter(config, *flags, **options)
        exporter.ready()
        return sim, exporter


def make_certificate(folder, name, *, days=None, start=None, end=None, subject=None, key=None):
    """A self-signed certificate (a leaf) by openssl; dates as YYYYMMDDHHMMSSZ. Returns the PEM file."""
    folder = pathlib.Path(folder)
    out, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    if key is None:
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key_file)
    subject = subject or f"/CN={name}"
    if start or end:
        ca = folder / f"{name}.ca"
        shutil.rmtree(ca, ignore_errors=True)
        ca.mkdir()
        (ca / "index.txt").touch()
        (ca / "ca.cnf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nnew_certs_dir=%s\nrand_serial=yes\n"
            "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n" % (ca, ca))
        csr = ca / "csr.pem"
        run("openssl", "req", "-new", "-key", key_file, "-subj", subject, "-out", csr)
        run("openssl", "ca", "-batch", "-notext", "-config", ca / "ca.cnf", "-selfsign", "-keyfile", key_file,
            "-in", csr, "-out", out, "-startdate", start, "-enddate", end)
    else:
        config = folder / f"{name}.cnf"
        config.write_text("[req]\ndistinguished_name=dn\nx509_extensions=leaf\n[dn]\n"
                          "[leaf]\nbasicConstraints=CA:FALSE\n")
        run("openssl", "req", "-x509", "-new", "-config", config, "-key", key_file, "-subj", subject,
            "-days", days or 365, "-out", out)
    return out


def stamp(seconds):
    """Unix seconds as openssl ca wants them."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds))


def tls_context(ca):
    return ssl.create_default_context(cafile=str(ca))


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
