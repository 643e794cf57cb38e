#!/usr/bin/python3
"""Folders of certificate files as a source, judged by openssl and keytool on real files."""
import calendar
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import harness
from harness import Case, Samples, command, make_certificate, manifest, run, stores, wait_for

HEADLINE = "btp_certificate_expiry_timestamp_seconds"
INFO = "btp_certificate_info"
STATE = "btp_certificate_store_state"
DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "cert"
JAVA_CACERTS = "/etc/ssl/certs/java/cacerts"


def directory_yaml(*paths, **settings):
    lines = ["sources:", "  - id: files", "    kind: directory", "    poll_interval: 7d",
             f"    paths: {json.dumps([str(p) for p in paths])}"]
    lines += [f"    {key}: {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join(lines) + "\n"


def shown(seconds):
    """A time as it is exported: nothing before 1970-01-02."""
    return seconds if seconds >= 86400 else None


def openssl_facts(file):
    """What `openssl x509` says of the first certificate of a PEM file."""
    text = run("openssl", "x509", "-in", file, "-noout", "-subject", "-issuer", "-serial", "-startdate", "-enddate",
               "-fingerprint", "-sha256", "-nameopt", "RFC2253,utf8,-esc_msb").stdout
    facts = dict(line.split("=", 1) for line in text.splitlines())
    moment = lambda key: calendar.timegm(time.strptime(facts[key].replace("GMT", "").strip(), "%b %d %H:%M:%S %Y"))
    serial = facts["serial"].lower()
    sign, digits = ("-", serial[1:]) if serial.startswith("-") else ("", serial)
    return {"subject": facts["subject"], "issuer": facts["issuer"], "serial": sign + (digits.lstrip("0") or "0"),
            "not_before": shown(moment("notBefore")), "not_after": shown(moment("notAfter")),
            "sha256": [v for k, v in facts.items() if "ingerprint" in k][0].replace(":", "").lower()}


class OnRealFiles(Case):
    def read(self, *paths, **settings):
        config = self.write("exporter.yml", directory_yaml(*paths, **settings))
        result = command("--config.file", config, "--once=metrics")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        return Samples(result.stdout)

    def facts(self, metrics, name):
        rows = {}
        for labels, _ in metrics.series(INFO, name=name):
            where = {key: labels[key] for key in ("name", "entry", "position")}
            rows[(labels["entry"], labels["position"])] = {
                "subject": labels["subject"], "issuer": labels["issuer"], "serial": labels["serial_number"],
                "not_before": metrics.value("btp_certificate_not_before_timestamp_seconds", **where),
                "not_after": metrics.value(HEADLINE, **where), "sha256": labels["fingerprint_sha256"]}
        return rows

    def test_debians_trust_store_agrees_with_openssl(self):
        pattern = "/etc/ssl/certs/*.pem"
        files = [str(f) for f in pathlib.Path("/etc/ssl/certs").glob("*.pem")]
        self.assertGreater(len(files), 100)
        metrics = self.read(pattern)
        self.assertEqual(sorted(metrics.labels(INFO, "name")), sorted(files))
        self.assertEqual(metrics.labels(STATE, "state"), ["ok"])
        for file in files:
            with self.subTest(file=file):
                self.assertEqual(self.facts(metrics, file), {("", "0"): openssl_facts(file)})

    def test_javas_trust_store_agrees_with_keytool(self):
        cacerts = pathlib.Path(JAVA_CACERTS)
        if not cacerts.exists():
            home = run("java", "-XshowSettings:properties", "-version").stderr
            cacerts = pathlib.Path(re.search(r"java\.home = (\S+)", home).group(1)) / "lib/security/cacerts"
        listed = run("keytool", "-J-Duser.language=en", "-list", "-v", "-keystore", cacerts, "-storepass", "changeit",
                     env={**os.environ, "TZ": "UTC"}).stdout
        expected = {}
        for block in re.split(r"\nAlias name: ", listed)[1:]:
            alias = block.splitlines()[0]
            serial = re.search(r"Serial number: (\S+)", block).group(1)
            dates = re.search(r"Valid from: (.+) until: (.+)", block).groups()
            start, end = (calendar.timegm(time.strptime(re.sub(r" (UTC|GMT) ", " ", d.strip()), "%a %b %d %H:%M:%S %Y"))
                          for d in dates)
            sha256 = re.search(r"SHA256: ([0-9A-F:]+)", block).group(1).replace(":", "").lower()
            expected[(alias, "0")] = (serial, shown(start), shown(end), sha256)
        metrics = self.read(cacerts)
        found = {key: (row["serial"], row["not_before"], row["not_after"], row["sha256"])
                 for key, row in self.facts(metrics, str(cacerts)).items()}
        self.assertGreater(len(expected), 100)
        self.assertEqual(found, expected)

    def test_every_store_of_the_tests(self):
        passwords = []
        for store in manifest()["stores"]:
            if store.get("password"):
                file = self.write(f"passwords/{store['file']}", store["password"])
                passwords.append({"name": store["file"], "password_file": str(file)})
        metrics = self.read(stores() / "*", exclude=["manifest.json", "complete", "*.sh"],
                            keystore_passwords=passwords)
        for store in manifest()["stores"]:
            if store["state"] is None:
                continue
            with self.subTest(store=store["file"]):
                name = str(stores() / store["file"])
                self.assertEqual(metrics.labels(STATE, "state", name=name), [store["state"]])
                wanted = {(e["alias"], str(c["position"])): c["sha256"] for e in store["entries"]
                          for c in e["certificates"] if "sha256" in c}
                found = {key: row["sha256"] for key, row in self.facts(metrics, name).items()}
                self.assertEqual(found, wanted)
                if wanted and store["format"]:
                    self.assertEqual(metrics.labels(INFO, "format", name=name), [store["format"]])


    def test_stores_that_openssl_takes_for_a_lack_of_memory(self):
        """No salt and a modulus of 0: each store has its state, and the neighbour is untouched."""
        files = ("empty-mac-salt.p12", "empty-pbe-salt-no-mac.p12", "pss-modulus-zero.der", "innocent-neighbour.pem")
        password = self.write("password", "changeit")
        for given, keystores in (([{"name": "*.p12", "password_file": str(password)}], "ok"), ([], "locked")):
            with self.subTest(keystores=keystores):
                metrics = self.read(*(DATA / file for file in files), keystore_passwords=given)
                states = {pathlib.Path(l["name"]).name: l["state"] for l, _ in metrics.series(STATE)}
                self.assertEqual(states, {files[0]: keystores, files[1]: keystores, files[2]: "ok", files[3]: "ok"})
                self.assertEqual(metrics.value("btp_source_up"), 1)
                neighbour = DATA / files[3]
                self.assertEqual(self.facts(metrics, str(neighbour)), {("", "0"): openssl_facts(neighbour)})

    def test_a_changed_keystore(self):
        """The digest of a JKS, with a password that fits, one that does not, and none."""
        source = DATA / "keytool-jks"
        listed = run("keytool", "-list", "-keystore", source, "-storepass", "changeit")
        self.assertEqual(listed.returncode, 0, listed.stdout)
        changed = bytearray(source.read_bytes())
        changed[-1] ^= 1
        changed_file = self.folder / "changed.jks"
        changed_file.write_bytes(changed)
        for file, password, state in ((source, "changeit", "ok"), (source, "other", "partial"), (source, None, "ok"),
                                      (changed_file, "changeit", "partial"), (changed_file, None, "ok")):
            with self.subTest(file=file.name, password=password):
                given = [{"name": "*", "password_file": str(self.write("password", password))}] if password else []
                metrics = self.read(file, keystore_passwords=given)
                self.assertEqual(metrics.labels(STATE, "state"), [state])
                self.assertEqual(len(metrics.series(INFO)), 5, "the certificates are shown in any case")
                self.assertEqual(metrics.value("btp_source_up"), 1)


class Changes(Case):
    """A store added, replaced, truncated, made unreadable or removed shows, and nothing else flickers."""

    binary, user = harness.EXPORTER, None

    def setUp(self):
        super().setUp()
        self.files = self.folder / "certs"
        self.files.mkdir()
        self.sample = make_certificate(self.folder, "sample", days=50)
        for name in ("steady.pem", "changing.pem", "later.pem"):
            shutil.copy(self.sample, self.files / name)

    def started(self, *paths, **settings):
        exporter = self.exporter(directory_yaml(*(paths or [self.files / "**" / "*.pem"]), **settings),
                                 binary=self.binary, user=self.user)
        exporter.ready()
        return exporter

    def refreshed(self, exporter):
        """A refresh, during which the steady store must never be away."""
        steady = str(self.files / "steady.pem")
        return exporter.refresh("files", meanwhile=lambda: self.assertEqual(
            len(exporter.metrics().series(HEADLINE, name=steady)), 1))

    def states(self, metrics):
        return {pathlib.Path(l["name"]).name: l["state"] for l, _ in metrics.series(STATE)}

    def test_life_of_a_file(self):
        exporter = self.started()
        file = self.files / "changing.pem"
        first = exporter.metrics()
        self.assertEqual(self.states(first), {n: "ok" for n in ("steady.pem", "changing.pem", "later.pem")})
        # added, two folders deeper
        (self.files / "a" / "b").mkdir(parents=True)
        shutil.copy(self.sample, self.files / "a" / "b" / "added.pem")
        self.assertEqual(self.states(self.refreshed(exporter))["added.pem"], "ok")
        # replaced
        renewed = make_certificate(self.folder, "renewed", days=400, subject="/CN=sample")
        shutil.copy(renewed, self.folder / "new.tmp")
        os.rename(self.folder / "new.tmp", file)
        metrics = self.refreshed(exporter)
        self.assertGreater(metrics.value(HEADLINE, name=str(file)), first.value(HEADLINE, name=str(file)))
        # truncated in the middle of the block, then to nothing
        content = file.read_bytes()
        file.write_bytes(content[:len(content) // 2])
        self.assertEqual(self.states(self.refreshed(exporter))["changing.pem"], "unparsable")
        file.write_bytes(b"")
        self.assertEqual(self.states(self.refreshed(exporter))["changing.pem"], "empty")
        # removed
        file.unlink()
        self.assertNotIn("changing.pem", self.states(self.refreshed(exporter)))
        # only what changed was read again
        hits = exporter.metrics().value("btp_certificate_cache_hits_total")
        misses = exporter.metrics().value("btp_certificate_cache_misses_total")
        metrics = self.refreshed(exporter)
        self.assertEqual(metrics.value("btp_certificate_cache_hits_total"), hits + 3)
        self.assertEqual(metrics.value("btp_certificate_cache_misses_total"), misses)

    def test_passwords_of_a_jks_rotate(self):
        """Unchanged files are read again when the password for them changes, and reported once."""
        shutil.copy(DATA / "keytool-jks", self.files / "store.jks")
        password = self.write("password", "other")
        exporter = self.started(self.files / "*", keystore_passwords=[{"name": "*", "password_file": str(password)}])
        decoded = lambda metrics: metrics.value("btp_source_errors_total", stage="decode", reason="syntax")
        first = exporter.metrics()
        self.assertEqual(self.states(first)["store.jks"], "partial")
        again = self.refreshed(exporter)
        self.assertEqual(decoded(again), decoded(first), "reported once")
        self.write("password", "changeit")
        self.assertEqual(self.states(self.refreshed(exporter))["store.jks"], "ok")
        self.write("password", "other")
        self.assertEqual(self.states(self.refreshed(exporter))["store.jks"], "partial")

    def test_unreadable_file_and_folder(self):
        if os.getuid() != 0:
            self.unreadable()
            return
        # root reads everything: the program runs as another user, from a place which that user reaches
        place = pathlib.Path(tempfile.mkdtemp(prefix="btp-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, place, True)
        self.binary = shutil.copy(harness.EXPORTER, place / "exporter")
        self.folder = place
        shutil.copytree(self.files, place / "certs")
        self.files = place / "certs"
        self.user = 65534
        for path in [place, self.files, *self.files.iterdir()]:
            os.chown(path, self.user, self.user)
        self.unreadable()

    def unreadable(self):
        (self.files / "closed").mkdir()
        shutil.copy(self.files / "steady.pem", self.files / "closed" / "inside.pem")
        if self.user is not None:
            for path in (self.files / "closed", self.files / "closed" / "inside.pem"):
                os.chown(path, self.user, self.user)
        exporter = self.started()
        os.chmod(self.files / "changing.pem", 0)
        metrics = self.refreshed(exporter)
        self.assertEqual(self.states(metrics)["changing.pem"], "forbidden")
        self.assertEqual(metrics.value("btp_source_up"), 1, "one store of several")
        self.assertEqual(len(metrics.series(HEADLINE, name=str(self.files / "changing.pem"))), 1, "older entries stay")
        os.chmod(self.files / "changing.pem", 0o644)
        self.assertEqual(self.states(self.refreshed(exporter))["changing.pem"], "ok")
        os.chmod(self.files / "closed", 0)
        (self.files / "later.pem").unlink()
        metrics = self.refreshed(exporter)
        self.assertEqual(metrics.value("btp_source_up"), 0, "not listed whole")
        self.assertEqual(self.states(metrics)["inside.pem"], "forbidden", "what was known in there stays")
        self.assertEqual(len(metrics.series(HEADLINE, name=str(self.files / "closed" / "inside.pem"))), 1)
        self.assertNotIn("later.pem", self.states(metrics), "elsewhere gone is gone")
        os.chmod(self.files / "closed", 0o755)
        metrics = self.refreshed(exporter)
        self.assertEqual((self.states(metrics)["inside.pem"], metrics.value("btp_source_up")), ("ok", 1))
        # named, in a folder that cannot be passed: forbidden like a file that cannot be read
        named = self.started(self.files / "closed" / "inside.pem", self.files / "steady.pem")
        os.chmod(self.files / "closed", 0)
        metrics = self.refreshed(named)
        self.assertEqual(self.states(metrics), {"inside.pem": "forbidden", "steady.pem": "ok"})
        self.assertEqual(metrics.value("btp_source_up"), 1, "one store of several")
        self.assertEqual(len(metrics.series(HEADLINE, name=str(self.files / "closed" / "inside.pem"))), 1)
        os.chmod(self.files / "closed", 0o755)

    def test_kubernetes_swap(self):
        mount = self.folder / "mount"
        for version in ("..1", "..2"):
            (mount / version).mkdir(parents=True)
        shutil.copy(self.sample, mount / "..1" / "tls.pem")
        shutil.copy(make_certificate(self.folder, "swapped", days=300), mount / "..2" / "tls.pem")
        (mount / "..data").symlink_to("..1")
        (mount / "tls.pem").symlink_to("..data/tls.pem")
        exporter = self.started(mount / "**", self.files / "*.pem")
        before = exporter.metrics()
        self.assertEqual(len(before.series(STATE)), 4, "the visible link only")
        (mount / "..tmp").symlink_to("..2")
        os.rename(mount / "..tmp", mount / "..data")
        after = self.refreshed(exporter)
        self.assertGreater(after.value(HEADLINE, name=str(mount / "tls.pem")),
                           before.value(HEADLINE, name=str(mount / "tls.pem")))

    def test_what_is_no_file_is_never_opened(self):
        os.mkfifo(self.files / "fifo.pem")
        (self.files / "null.pem").symlink_to("/dev/null")
        (self.files / "zero.pem").symlink_to("/dev/zero")
        (self.files / "dangling.pem").symlink_to("nowhere")
        (self.files / "loop").symlink_to(".")
        states = self.states(self.started().metrics())
        self.assertEqual(states.pop("dangling.pem"), "unavailable", "a link to nothing is listed")
        self.assertEqual(states, {n: "ok" for n in ("steady.pem", "changing.pem", "later.pem")})

    def details(self, exporter):
        status, _, body = exporter.get("/api/v1/stores")
        return {pathlib.Path(store["name"]).name: store["detail"] for store in json.loads(body)["stores"]}

    def test_named_file_that_is_missing(self):
        """A file that is named without a wildcard is a store as long as it is missing; what a pattern found is gone."""
        named, other = self.files / "changing.pem", self.folder / "no-such-folder" / "never.pem"
        exporter = self.started(named, other, self.files / "st?ady.pem", self.files / "late[r].pem",
                                self.files / "unwanted.pem", exclude=["unwanted*"], auto_renewed=["changing*"])
        metrics = exporter.metrics()
        self.assertEqual(self.states(metrics), {"changing.pem": "ok", "never.pem": "unavailable", "steady.pem": "ok",
                                                "later.pem": "ok"})
        self.assertEqual(metrics.value("btp_source_up"), 1, "one store of several")
        self.assertEqual(self.details(exporter)["never.pem"], "no such file")
        self.assertNotIn("pattern matches no file", exporter.stderr_text)
        self.assertGreater(metrics.value("btp_source_errors_total", stage="fetch", reason="io"), 0)
        # read, then deleted: the named one stays with its older entries, the other one is gone
        named.unlink()
        (self.files / "later.pem").unlink()
        metrics = self.refreshed(exporter)
        self.assertEqual(self.states(metrics), {"changing.pem": "unavailable", "never.pem": "unavailable",
                                                "steady.pem": "ok"})
        self.assertEqual(len(metrics.series(HEADLINE, name=str(named))), 1, "older entries stay")
        self.assertEqual(metrics.labels("btp_certificate_renewal_due_timestamp_seconds", "renewal", name=str(named)),
                         ["automatic"])
        # a link to nothing, also where a pattern finds it
        named.symlink_to("nowhere/tls.crt")
        (self.files / "later.pem").symlink_to(self.folder / "gone.pem")
        metrics = self.refreshed(exporter)
        self.assertEqual(self.states(metrics)["later.pem"], "unavailable")
        self.assertEqual(self.details(exporter)["changing.pem"], "link to nowhere/tls.crt which does not exist")
        self.assertEqual(self.details(exporter)["later.pem"], f"link to {self.folder}/gone.pem which does not exist")
        # back
        named.unlink()
        other.parent.mkdir()
        shutil.copy(self.sample, named)
        shutil.copy(self.sample, other)
        (self.folder / "gone.pem").symlink_to(self.sample)
        self.assertEqual(set(self.states(self.refreshed(exporter)).values()), {"ok"})

    def test_every_named_file_is_missing(self):
        """Then the source is down: every store failed."""
        config = self.write("exporter.yml", directory_yaml(self.files / "a.pem", self.files / "b.pem"))
        exporter = self.started(self.files / "a.pem", self.files / "b.pem")
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertEqual(self.states(metrics), {"a.pem": "unavailable", "b.pem": "unavailable"})
        once = subprocess.run([harness.EXPORTER, "--config.file", config, "--once"], capture_output=True, text=True)
        self.assertEqual(once.returncode, 2)
        self.assertIn("no such file", once.stdout)
        check = subprocess.run([harness.EXPORTER, "--config.file", config, "--config.check"], capture_output=True,
                               text=True)
        self.assertEqual(check.returncode, 0, "a mount may be late")
        for name in ("a.pem", "b.pem"):
            self.assertRegex(check.stderr, rf'source "files": paths: {self.files}/{name}: No such file or directory')

    def test_ten_thousand_files(self):
        many = self.folder / "many"
        many.mkdir()
        shutil.copy(self.sample, many / "0.pem")
        for number in range(1, 10000):
            os.link(many / "0.pem", many / f"{number}.pem")
        exporter = self.started(many / "*.pem")
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_certificate_stores"), 10000)
        self.assertEqual(metrics.value("btp_source_up"), 1)
        shutil.copy(self.sample, many / "one-too-many.pem")
        exporter.signal(harness.signal.SIGUSR1)
        wait_for(lambda: exporter.metrics().value("btp_source_up") == 0, 30)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_certificate_stores"), 10000)
        self.assertGreater(metrics.value("btp_source_errors_total", stage="list", reason="limit"), 0)


if __name__ == "__main__":
    unittest.main()
