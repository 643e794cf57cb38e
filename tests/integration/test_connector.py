#!/usr/bin/python3
"""Cloud Connectors: recorded and simulated answers go in, exactly the right series come out."""
import base64
import http.client
import json
import re
import shutil
import subprocess
import time
import unittest
import urllib.parse

import connector
import harness
from connector import CALLS, PASSWORD, RECORDINGS, REGION, Connector, scenario, subaccount
from harness import CANARY, Case, Process, Samples, free_port, run, wait_for

DAY = 86400
FROZEN = 1785888000  # 2026-08-05T00:00:00Z: the clock of the recordings
EXPIRY = "btp_certificate_expiry_timestamp_seconds"
DAYS = "btp_certificate_days_until_expiry"
INFO = "btp_certificate_info"
STATE = "btp_certificate_store_state"
DUE = "btp_certificate_renewal_due_timestamp_seconds"
ERRORS = "btp_source_errors_total"
DOCUMENT = harness.TESTS.parent / "docs" / "cloud-connector.md"


def documented_query(number=0):
    """The first query of docs/cloud-connector.md, the one that users are pointed to, or a later one."""
    return re.findall(r"^```promql\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)[number]


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise unittest.SkipTest(f"{name} is not there (tests/fetch-tools)")
    return path


def store(name, region=REGION):
    return f"subaccount/{region}/{name}"


def names(metrics, family=EXPIRY, **wanted):
    return {labels["name"] for labels, _ in metrics.series(family, **wanted)}


def recorded(name):
    return json.loads((RECORDINGS / f"{name}.json").read_text())


class ConnectorCase(Case):
    def connector(self, document, **options):
        sim = Connector(document, self.folder, **options)
        self.addCleanup(self.stopped_well, sim)
        return sim

    def watch(self, document, *flags, settings=None, sim_options=None, **options):
        """A connector and an exporter with one source, ready."""
        sim = self.connector(document, **(sim_options or {}))
        config = "sources:\n" + connector.source_yaml(sim, **(settings or {}))
        exporter = self.exporter(config, *flags, **options)
        exporter.ready()
        return sim, exporter

    def again(self):
        """The next round begins as a test does."""
        self.doCleanups()
        self.setUp()

    def errors(self, metrics):
        return {(labels["stage"], labels["reason"]) for labels, value in metrics.series(ERRORS) if value > 0}

    def polite(self, sim):
        """GET only, stateless, nothing left behind."""
        self.assertEqual(sim.stats()["violations"], 0)
        requests = sim.requests()
        self.assertEqual({r["method"] for r in requests}, {"GET"})
        self.assertFalse(any(r["cookie_present"] or r["csrf_token_present"] for r in requests))
        self.assertEqual({r["connection"] for r in requests if r["auth"] != "none"}, {"close"})
        # /exposed needs no credentials, and leaves no session either
        self.assertEqual(sim.control("GET", "/state")["sessions"], 0)


class Recordings(ConnectorCase):
    """Each recorded answer, by itself, against tests/golden/connector-<recording>.txt."""
    # of the moment, of the simulator's TLS, or of what the test leaves out
    LEFT_OUT = {"sapcc_endpoint_supported", "sapcc_endpoint_up", "sapcc_clock_skew_seconds",
                "sapcc_tls_peer_certificate_not_after_timestamp_seconds"}
    LISTED = "0bcb0012-a982-42f9-bda4-0a5cb15f88c8"

    def lines(self, text):
        return sorted(line for line in text.splitlines()
                      if re.match(r"(btp_certificates?(_(?!cache)|\{)|sapcc_)", line)
                      and re.match(r"\w+", line).group(0) not in self.LEFT_OUT)

    def replay(self, recording, path=None):
        path = path or recorded(recording)["request"]["path"]
        file = str(RECORDINGS / f"{recording}.json")
        # a client chooses the spelling by the version
        return {f"GET {path}": file, f"GET {path.replace('/onPremise/', '/onPremises/')}": file}

    def check(self, recording, *calls, version=None, replays=None, **more):
        """Only `calls` are offered, and the version if one is given."""
        offered = {"version", *calls} if version else set(calls)
        document = scenario(version=version or "2.13.0", replay=replays or self.replay(recording),
                            faults=[{"endpoint": "subaccount", "status": 400}] * ("subaccount" not in calls) +
                                   [{"endpoint": sorted(CALLS - offered), "status": 404}], **more)
        _, exporter = self.watch(document, now=FROZEN)
        expected = (harness.TESTS / "golden" / f"connector-{recording}.txt").read_text()
        self.assertEqual(self.lines(exporter.get()[2]), self.lines(expected))
        return exporter.metrics()

    def check_subaccount(self, recording, version, *calls, replays=None):
        request = recorded(recording)["request"]["path"].split("/")
        more = {"subaccounts": [{"region_host": request[5], "subaccount": request[6]}]}
        return self.check(recording, "subaccounts", "subaccount", *calls, version=version, replays=replays, **more)

    def test_own_certificates(self):
        for recording, call, version in (("ca-certificate-2.19", "ca_certificate", "2.19.0.2"),
                                         ("system-certificate-2.18.2-selfsigned", "system_certificate", "2.18.2"),
                                         ("system-certificate-2.19", "system_certificate", "2.19.0.2"),
                                         ("ui-certificate-2.18.2", "ui_certificate", "2.18.2")):
            with self.subTest(recording):
                self.check(recording, call, version=version)
                self.again()

    def test_no_json(self):
        metrics = self.check("ca-certificate-der-2.19", "ca_certificate", version="2.19.0.2")
        self.assertIn(("fetch", "content_type"), self.errors(metrics))
        self.assertEqual(metrics.value("btp_source_up"), 0)

    def test_trust_stores(self):
        self.check("truststore-2.19", "truststore", version="2.19.0.2")
        self.again()
        self.check("email-truststore-documented", "email_truststore", version="2.19.0.2",
                   replays=self.replay("email-truststore-documented",
                                       "/api/v1/configuration/connector/email/truststore"))

    def test_subaccounts(self):
        for recording, version in (("subaccount-2.18.1-with-service-channel", "2.18.1"),
                                   ("subaccount-2.18.2-disconnected", "2.18.2"),
                                   ("subaccount-2.18.2-renewed-while-connected", "2.18.2"),
                                   ("subaccount-2.18.2-short-serial", "2.18.2"),
                                   ("subaccount-2.19-connected-autorenew", "2.19.0.2")):
            with self.subTest(recording):
                self.check_subaccount(recording, version)
                self.again()

    def test_lists_of_subaccounts(self):
        for recording, version in (("subaccounts-two-2.19", "2.19.0.2"), ("subaccounts-two-older-kyma-link", None)):
            with self.subTest(recording):
                listed = json.loads(recorded(recording)["response"]["body"])
                details = [{"region_host": item["regionHost"], "subaccount": item["subaccount"],
                            "display_name": ("One", "Two")[n],
                            "certificate": {"subject": "CN=s", "issuer": "CN=i", "serial": "1f",
                                            "not_before": (1768460400 + n) * 1000,
                                            "not_after": (1800000000 + n) * 1000},
                            "tunnel": {"state": "Disconnected", "connected_since": 0}}
                           for n, item in enumerate(listed)]
                self.check(recording, "subaccounts", "subaccount", version=version, subaccounts=details)
                self.again()

    def test_service_channels(self):
        """Asked for where a tunnel has some; errors are no answers."""
        detail = "subaccount-2.18.1-with-service-channel"
        path = recorded(detail)["request"]["path"]
        for recording, errors in (("channels-k8s-connected", set()),
                                  ("channels-abapcloud-disabled", set()),
                                  ("error-404-not-found", set()),
                                  ("error-409-invalid-configuration", {("list", "http_4xx")}),
                                  ("error-500-runtime-failure", {("list", "http_5xx")})):
            with self.subTest(recording):
                replays = {**self.replay(detail), **self.replay(recording, path + "/channels/K8S")}
                region, name = path.split("/")[5:7]
                metrics = self.check(recording, "subaccounts", "subaccount", "channels", version="2.18.1",
                                     replays=replays, subaccounts=[{"region_host": region, "subaccount": name}])
                # besides, no call here reports the UI certificate
                self.assertEqual(self.errors(metrics), errors | {("list", "unsupported")})
                self.again()

    def test_monitoring(self):
        for recording, call in (("monitoring-alerts-documented", "alerts"),
                                ("monitoring-memory-documented", "memory"),
                                ("monitoring-certificates-documented", "monitoring_certificates")):
            with self.subTest(recording):
                self.check(recording, call, version="2.19.0.2")
                self.again()

    def test_old_shape(self):
        """Before 2.13: a time as text, no certificate."""
        answer = self.write("old.json", {"subaccounts": [{
            "displayName": "Trial", "regionHost": "hana.ondemand.com", "subaccount": "d012345trial",
            "locationID": "Werk 2", "tunnel": {
                "state": "Connected", "connectedSince": "2021-02-17T12:44:10.546 +0100", "connections": 5,
                "applicationConnections": [{"connectionCount": 5, "name": "a:b", "type": "JAVA"}],
                "serviceChannels": [], "user": "P123456"}}], "version": 1})
        self.check("old-shape", "monitoring_subaccounts",
                   replays={"GET /api/monitoring/subaccounts": str(answer)})

    def test_never_asked(self):
        self.check("monitoring-connections-backends-documented", version="2.19.0.2")

    def test_versions(self):
        for version in ("2.18.1", "2.19.0.2"):
            self.check(f"version-{version}", version=version)
            self.again()

    def test_every_recording_has_its_text(self):
        golden = {path.stem.removeprefix("connector-") for path in (harness.TESTS / "golden").glob("connector-*.txt")}
        self.assertEqual(golden, {path.stem for path in RECORDINGS.glob("*.json")} | {"old-shape"})


class Query(ConnectorCase):
    """The documented query: what somebody must refresh this month, and which renewals have failed."""

    def certificate(self, source, name, days, renewal, serial, lead=30, kind="subaccount"):
        """The series of a certificate that expires this number of days after the moment 0."""
        place = f'source="{source}",level="connector",name="{name}",entry="",position="0"'
        due = (days - lead - (7 if renewal == "automatic" else 0)) * DAY
        return [{"series": f'{DAYS}{{{place},system_id="",type="{kind}",role="leaf",issuer="CN=I",destination=""}}',
                 "values": str(days)},
                {"series": f'{INFO}{{{place},type="{kind}",serial_number="{serial}"}}', "values": "1"},
                {"series": f'{DUE}{{{place},renewal="{renewal}"}}', "values": str(due)}]

    def test_with_series_made_by_hand(self):
        series = sum((self.certificate(*row[:5], **(row[5] if len(row) > 5 else {})) for row in (
            ("a", "manual-soon", 9, "manual", "1"), ("a", "manual-later", 40, "manual", "2"),
            ("a", "manual-expired", -3, "manual", "3"), ("a", "failed", 20, "automatic", "4"),
            ("a", "still-trying", 33, "automatic", "5"), ("a", "failed-early", 40, "automatic", "6", {"lead": 45}),
            # both instances of a pair have the same certificate
            ("p1", "pair", 12, "manual", "7"), ("p2", "pair", 12, "manual", "7"),
            # two connectors of one subaccount do not
            ("b", "two", 14, "manual", "8"), ("c", "two", 15, "manual", "9"),
            # where no serial number is known: the one that expires first
            ("d", "unknown", 16, "manual", ""), ("e", "unknown", 17, "manual", ""),
            ("a", "ui", 5, "manual", "10", {"kind": "ui"}))), [])
        wanted = [("failed", "automatic", "4", 20), ("failed-early", "automatic", "6", 40),
                  ("manual-expired", "manual", "3", -3), ("manual-soon", "manual", "1", 9), ("pair", "manual", "7", 12),
                  ("two", "manual", "8", 14), ("two", "manual", "9", 15), ("unknown", "manual", "", 16)]
        samples = [{"labels": f'{{name="{n}",renewal="{r}"' + (f',serial_number="{s}"' if s else "") + "}", "value": v}
                   for n, r, s, v in wanted]
        query = documented_query()
        test = {"interval": "1m", "input_series": series, "promql_expr_test": [
            {"expr": f"max by (name, renewal, serial_number) ({query})", "eval_time": "0s", "exp_samples": samples},
            {"expr": f"count({query})", "eval_time": "0s", "exp_samples": [{"labels": "{}", "value": len(wanted)}]}]}
        file = self.write("query.json", {"evaluation_interval": "1m", "rule_files": [], "tests": [test]})
        result = subprocess.run([tool("promtool"), "test", "rules", file], text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def prometheus(self, exporter):
        """A real Prometheus on the exporter; returns a function that asks it."""
        port = free_port()
        config = self.write("prometheus.yml", {"global": {"scrape_interval": "1s"}, "scrape_configs": [
            {"job_name": "btp", "static_configs": [{"targets": [f"127.0.0.1:{exporter.port}"]}]}]})
        server = Process([tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={self.folder}/tsdb",
                          f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"])
        self.addCleanup(server.stop)

        def ask(expression):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
            try:
                connection.request("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
                return json.loads(connection.getresponse().read())["data"]["result"]
            except (OSError, ValueError):  # not up yet
                return []
            finally:
                connection.close()
        wait_for(lambda: ask("btp_source_up"), 60, "the first scrape")
        return ask

    def test_on_the_demo(self):
        """The connector of scripts/demo."""
        run(RECORDINGS / "demo-scenario", self.folder / "demo")
        sim = self.connector(json.loads((self.folder / "demo" / "scenario.json").read_text()),
                             server=self.folder / "demo" / "ui", name="demo/scenario")
        password = next(u["password"] for u in sim.scenario["users"] if u["name"] == "monitor")
        exporter = self.exporter("sources:\n" + connector.source_yaml(
            sim, ca=False, tls_fingerprint_sha256=sim.fingerprint(),
            password_file=str(self.write("demo-password.txt", password))))
        exporter.ready()
        ask = self.prometheus(exporter)
        found = {(r["metric"]["name"], r["metric"]["renewal"]): float(r["value"][1]) for r in ask(documented_query())}
        wanted = {}
        for item in sim.scenario["subaccounts"]:
            days = (item["certificate"]["not_after"] / 1000 - time.time()) / DAY
            renewal = "automatic" if item.get("auto_renewal") else "manual"
            if days < (31 if renewal == "manual" else 30):
                wanted[(store(item["subaccount"], item["region_host"]), renewal)] = int(days)
        self.assertEqual({key: int(days) for key, days in found.items()}, wanted)
        self.assertEqual(sorted((int(days), renewal) for (_, renewal), days in found.items()),
                         [(8, "manual"), (15, "automatic")])

    def test_pair_whose_roles_swap(self):
        for monitoring in ("empty", "403", "400", "data"):
            with self.subTest(shadow_monitoring=monitoring):
                self.pair(monitoring)
                self.again()

    def pair(self, monitoring):
        """Two instances; `monitoring` is what a shadow answers to calls for masters."""
        subaccounts = [subaccount("soon", 9), subaccount("failed", 20, auto_renewal=True), subaccount("later", 200)]
        common = {"shadow_monitoring": monitoring, "master_state": "CONNECTED"}
        sims = {name: self.connector(scenario(*subaccounts, ha={"role": role, **common}), name=name)
                for name, role in (("first", "master"), ("second", "shadow"))}
        exporter = self.exporter("sources:\n" + "".join(
            connector.source_yaml(sim, name, system_id="PAIR") for name, sim in sims.items()))
        exporter.ready()
        ask = self.prometheus(exporter)
        self.check_pair(exporter, ask, "first", "second")
        sims["second"].control("POST", "/role", {"role": "master"})  # two for a while
        exporter.refresh(("first", "second"))
        wait_for(lambda: len(self.masters(ask)) == 2, what="Prometheus saw two masters")
        self.check_documented(ask)
        sims["first"].control("POST", "/role", {"role": "shadow"})
        exporter.refresh(("first", "second"))
        self.check_pair(exporter, ask, "second", "first")
        for sim in sims.values():
            self.polite(sim)

    def masters(self, ask):
        return {r["metric"]["source"] for r in ask('sapcc_ha_role{role="master"} == 1')}

    def check_documented(self, ask):
        found = sorted((r["metric"]["name"], r["metric"]["renewal"]) for r in ask(documented_query()))
        self.assertEqual(found, [(store("failed"), "automatic"), (store("soon"), "manual")])
        named = sorted((r["metric"]["name"], r["metric"]["display_name"]) for r in ask(documented_query(1)))
        self.assertEqual(named, [(store(name), name.title()) for name in ("failed", "later", "soon")])

    def check_pair(self, exporter, ask, master, shadow):
        metrics = exporter.metrics()
        self.assertEqual(self.errors(metrics), set())
        for source, role in ((master, "master"), (shadow, "shadow")):
            self.assertEqual(metrics.value("btp_source_up", source=source), 1, exporter.stderr_text)
            self.assertEqual({l["role"]: v for l, v in metrics.series("sapcc_ha_role", source=source)},
                             {"master": float(role == "master"), "shadow": float(role == "shadow")})
            self.assertEqual(names(metrics, source=source, type="subaccount"),
                             {store("soon"), store("failed"), store("later")})
            self.assertEqual(metrics.value("sapcc_ha_state", source=source, side=role,
                                           state="CONNECTED" if role == "master" else "READY"), 1)
        wait_for(lambda: self.masters(ask) == {master}, what="Prometheus saw the swap")
        self.check_documented(ask)


class Logon(ConnectorCase):
    def test_behind_a_reverse_proxy(self):
        sim = self.connector(scenario(subaccount("a"), http={"path_prefix": "/scc1"}))
        exporter = self.exporter("sources:\n" + connector.source_yaml(sim, url=sim.url + "/scc1/"))
        metrics = exporter.ready()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual(metrics.labels(EXPIRY, "name", type="subaccount"), [store("a")])
        self.assertEqual(metrics.labels("btp_source_info", "host"), [sim.url.split("://")[1]])

    def test_wrong_password_is_one_401_an_interval(self):
        sim = self.connector(scenario(subaccount("a"), logon={"lock_after": 1000}))
        wrong = self.write("wrong.txt", f"{CANARY}-wrong")
        interval = 60 / 20  # the least one, 20 times as fast
        exporter = self.exporter("sources:\n" + connector.source_yaml(sim, password_file=str(wrong),
                                                                      poll_interval="60s"), speed=20)
        exporter.ready()
        wait_for(lambda: len([r for r in sim.requests() if r["status"] == 401]) >= 4, 60, "four intervals")
        requests, metrics = sim.requests(), exporter.metrics()
        refused = [r for r in requests if r["status"] == 401]
        self.assertEqual(len(refused), len([r for r in requests if r["auth"] == "basic"]))
        gaps = [b["started_ms"] - a["started_ms"] for a, b in zip(refused, refused[1:])]
        self.assertGreaterEqual(min(gaps), 0.5 * interval * 1000, "never at once")
        self.assertEqual(sum(v for l, v in metrics.series(ERRORS, reason="http_401")),
                         metrics.value("btp_source_refresh_duration_seconds_count", source="scc"), "reported once a refresh")
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertIsNone(metrics.value("btp_certificates"))
        self.assertNotIn(CANARY, exporter.stderr_text)

    def test_lockout_ends_when_the_password_is_right(self):
        sim = self.connector(scenario(subaccount("a"), logon={"lock_after": 3}))
        password = self.write("scc.txt", "wrong")
        exporter = self.exporter("sources:\n" + connector.source_yaml(sim))
        exporter.ready()
        self.assertFalse(sim.control("GET", "/state")["accounts"][0]["locked"], "one try locks nobody")
        password.write_text(PASSWORD)
        wait_for(lambda: exporter.metrics().value("btp_source_up") == 1, what="the right password")
        self.assertEqual(exporter.metrics().labels(EXPIRY, "name", type="subaccount"), [store("a")])

    def test_locked_user(self):
        sim, exporter = self.watch(scenario(subaccount("a"), logon={"lock_after": 1}))
        good = exporter.metrics()
        self.assertEqual(good.value("btp_source_up"), 1)
        wrong = http.client.HTTPSConnection("127.0.0.1", sim.ports["port"], context=harness.tls_context(sim.keys / "ca.pem"))
        wrong.request("GET", "/api/v1/connector/version", headers={"Authorization": "Basic bW9uaXRvcjp4"})
        self.assertEqual(wrong.getresponse().status, 401)
        wrong.close()
        locked = exporter.refresh("scc")
        self.assertEqual(locked.value("btp_source_up"), 0)
        self.assertEqual(locked.series(EXPIRY), good.series(EXPIRY), "what is known stays")
        sim.control("POST", "/unlock")
        self.assertEqual(exporter.refresh("scc").value("btp_source_up"), 1)

    def test_new_connectors(self):
        for logon, ha, text in (({"password_changed": False}, {}, "initial password"),
                                ({}, {"role": "undefined"}, "HA role undefined")):
            with self.subTest(text):
                _, exporter = self.watch(scenario(logon=logon, ha=ha))
                metrics = exporter.metrics()
                self.assertEqual(metrics.value("btp_source_up"), 0)
                self.assertIn("http_403", {reason for _, reason in self.errors(metrics)})
                self.assertIn(text, exporter.stderr_text)
                self.again()

    def test_roles(self):
        for role, refused in (("sccmonitoring", False), ("sccadmin", False), ("sccdisplay", True)):
            with self.subTest(role):
                document = scenario(subaccount("a"))
                document["users"][0]["role"] = role
                _, exporter = self.watch(document)
                metrics = exporter.metrics()
                self.assertEqual(metrics.value("btp_source_up"), 1, "the configuration reports every certificate")
                self.assertEqual(names(metrics, type="subaccount"), {store("a")})
                self.assertEqual({reason for _, reason in self.errors(metrics)}, {"http_403"} if refused else set())
                self.assertEqual(metrics.value("sapcc_endpoint_up", endpoint="scc_alerts"), 0 if refused else 1)
                self.again()

    def test_login_page(self):
        sim, exporter = self.watch(scenario(subaccount("a")))
        good = exporter.metrics()
        sim.faults({"endpoint": sorted(CALLS - {"ping", "has_master_role"}), "kind": "html"})
        metrics = exporter.refresh("scc")
        self.assertIn("login_page", {reason for _, reason in self.errors(metrics)})
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertEqual(metrics.series(EXPIRY), good.series(EXPIRY))
        self.assertEqual(metrics.series("sapcc_info"), [], "facts are of this refresh")

    def test_client_certificate(self):
        pair = {"username": None, "password_file": None, "certificate_file": str(harness.pki() / "client.pem"),
                "private_key_file": str(harness.pki() / "client-key.pem")}
        subject = run("openssl", "x509", "-in", harness.pki() / "client.pem", "-noout", "-subject",
                      "-nameopt", "multiline").stdout
        name = re.search(r"commonName\s*= (.*)", subject).group(1)
        document = scenario(subaccount("a"), logon={"certificate": {"user_oid": "CN"}})
        document["users"] = [{"name": name, "role": "sccmonitoring"}]
        sim, exporter = self.watch(document, settings=pair)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual(names(metrics, type="subaccount"), {store("a")})
        self.assertEqual({r["auth"] for r in sim.requests()} - {"none"}, {"certificate"})
        self.polite(sim)
        document["users"] = []
        sim.change(document)
        refused = exporter.refresh("scc")
        self.assertEqual(refused.value("btp_source_up"), 0)
        self.assertIn("http_401", {reason for _, reason in self.errors(refused)})


class Trust(ConnectorCase):
    PEER = "sapcc_tls_peer_certificate_not_after_timestamp_seconds"

    def reasons(self, exporter):
        return {reason for _, reason in self.errors(exporter.metrics())}

    def end_of(self, file):
        text = run("openssl", "x509", "-in", file, "-noout", "-enddate").stdout.strip().split("=")[1]
        return int(run("date", "-d", text, "+%s").stdout)

    def test_ca(self):
        sim, exporter = self.watch(scenario(subaccount("a")))
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual(metrics.value(self.PEER), self.end_of(sim.server))
        self.assertEqual(metrics.value(EXPIRY, name="ui"), self.end_of(sim.server), "configured and served are one")
        self.assertEqual(metrics.series("btp_source_tls_verification_disabled"), [])

    def test_unknown_ca_wrong_name_expired(self):
        for server, settings in (("server", {"ca_file": str(harness.pki() / "client-ca.pem")}),
                                 ("wrong-name", {}), ("expired", {})):
            with self.subTest(server):
                sim, exporter = self.watch(scenario(), settings=settings, sim_options={"server": server})
                self.assertEqual(exporter.metrics().value("btp_source_up"), 0)
                self.assertEqual(self.reasons(exporter), {"tls"})
                self.assertEqual(sim.requests(), [], "no password to a stranger")
                self.again()

    def test_pin(self):
        for server in ("server", "wrong-name", "expired"):
            with self.subTest(server):
                sim = self.connector(scenario(subaccount("a")), server=server)
                for pin, up in ((sim.fingerprint(), 1), (sim.fingerprint().replace(":", "").lower(), 1),
                                (sim.fingerprint(sim.keys / "ca.pem"), 0)):
                    exporter = self.exporter("sources:\n" + connector.source_yaml(
                        sim, ca=False, tls_fingerprint_sha256=pin))
                    metrics = exporter.ready()
                    self.assertEqual(metrics.value("btp_source_up"), up, exporter.stderr_text)
                    self.assertEqual(self.reasons(exporter), set() if up else {"tls"})
                    self.assertEqual(metrics.value(self.PEER), self.end_of(sim.server) if up else metrics.value(self.PEER))
                    self.assertEqual(metrics.series("btp_source_tls_verification_disabled"), [])
                    exporter.stop()
                self.again()

    def test_skip(self):
        sim, exporter = self.watch(scenario(subaccount("a")), settings={"ca_file": None, "insecure_skip_verify": True},
                                   sim_options={"server": "wrong-name"})
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual(metrics.value("btp_source_tls_verification_disabled", source="scc"), 1)
        self.assertEqual(metrics.value(self.PEER), self.end_of(sim.server), "known without verification too")

    def test_configured_but_not_served(self):
        configured = int(time.time()) // DAY * DAY + 700 * DAY
        document = scenario(ui_certificate={"subject": "CN=new", "issuer": "CN=new", "serial": "7a",
                                            "not_before": (configured - 730 * DAY) * 1000,
                                            "not_after": configured * 1000})
        sim, exporter = self.watch(document)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value(EXPIRY, name="ui"), configured)
        self.assertEqual(metrics.value(self.PEER), self.end_of(sim.server))
        self.assertNotEqual(metrics.value(self.PEER), configured)


class Versions(ConnectorCase):
    """What a version does not have is not supported, and no error."""
    SINCE = {"scc_version": (2, 14), "scc_monitoring_certificates": (2, 13), "scc_memory": (2, 13),
             "scc_ui_certificate": (2, 13), "scc_truststore": (2, 15), "scc_disk": (2, 17), "scc_cpu": (2, 17),
             "scc_alerts": (2, 19), "scc_corrupted_subaccounts": (2, 19, 1), "scc_has_master_role": (2, 15)}

    def test_gates(self):
        for version in ("2.10.0", "2.13.0", "2.17.0", "2.18.1", "2.18.2", "2.19.0.2"):
            numbers = tuple(int(part) for part in version.split("."))
            for unsupported in ("404", "400", "login"):
                with self.subTest(version=version, unsupported=unsupported):
                    document = scenario(subaccount("a", 20, auto_renewal=True), version=version,
                                        answers={"unsupported": unsupported})
                    sim, exporter = self.watch(document)
                    metrics = exporter.metrics()
                    self.assertEqual(metrics.value("btp_source_up"), 1, exporter.stderr_text)
                    self.assertEqual(self.errors(metrics), set())
                    for endpoint, since in self.SINCE.items():
                        self.assertEqual(metrics.value("sapcc_endpoint_supported", endpoint=endpoint),
                                         1 if numbers >= since else 0, endpoint)
                    self.assertEqual([v for _, v in metrics.series("sapcc_endpoint_up") if v != 1], [])
                    self.assertEqual(metrics.labels("sapcc_info", "version"),
                                     [version] if numbers >= (2, 14) else [])
                    self.assertEqual(metrics.labels(DUE, "renewal", name=store("a")),
                                     ["automatic"] if numbers >= (2, 19) else ["manual"] if numbers >= (2, 13) else [])
                    self.assertEqual(metrics.value("sapcc_certificate_auto_renewal_enabled"),
                                     1 if numbers >= (2, 19) else None)
                    spellings = {re.search(r"onPremises?\b", r["path"]).group(0) for r in sim.requests()
                                 if "onPremise" in r["path"]}
                    self.assertEqual(spellings, {"onPremises" if numbers >= (2, 18) else "onPremise"})
                    self.polite(sim)
                    self.again()


    def test_one_spelling_only(self):
        own = {"subject": "CN=own", "issuer": "CN=ca", "serial": "0abc", "not_before": "-10d", "not_after": "+300d"}
        trusted = {"subject": "CN=Root", "issuer": "CN=Root", "not_after": "+4000d"}
        for spelling, faults in (("onPremise", []), ("onPremises", []),
                                 ("onPremises", [{"endpoint": "version", "status": 500}])):
            for unsupported in ("404", "400"):
                with self.subTest(spelling=spelling, faults=faults, unsupported=unsupported):
                    sim, exporter = self.watch(scenario(
                        subaccount("a"), version="2.19.1", system_certificate=own, faults=faults,
                        trust_store={"certificates": [trusted]},
                        answers={"spelling": spelling, "unsupported": unsupported}))
                    metrics = exporter.metrics()
                    self.assertEqual(len(names(metrics, type="backend_trust")), 1)
                    self.assertEqual(metrics.value("btp_source_up"), 1)
                    for endpoint in ("scc_truststore", "scc_system_certificate", "scc_ca_certificate"):
                        self.assertEqual(metrics.value("sapcc_endpoint_supported", endpoint=endpoint), 1, endpoint)
                    self.assertIn("system", names(metrics))
                    self.polite(sim)
                    self.again()


class Answers(ConnectorCase):
    def whole(self, **more):
        """A connector that has one of everything."""
        idp = {"id": 3, "name": "corporate", "certificate": {"subject": "CN=IdP, O=Example", "issuer": "CN=IdP, O=Example",
                                                             "not_before": "-10d", "not_after": "+50d"}}
        own = {"subject": "CN=own", "issuer": "CN=ca", "serial": "0abc", "not_before": "-10d", "not_after": "+300d"}
        trusted = {"subject": "CN=Root", "issuer": "CN=Root", "not_after": "+4000d"}
        return scenario(
            subaccount("first", 9, channels=[{"type": "K8S", "id": 7}, {"type": "HANA", "id": 2, "connected": False}],
                       idps=[idp], auto_renewal=True, location_id="lab"),
            subaccount("\u00fcml \"q\" 100%", 200, tunnel={"state": "ConnectFailure", "connected_since": 0}),
            system_certificate=own, ca_certificate=own, **{
                "trust_store": {"trust_all": True, "certificates": [trusted]},
                "email_trust_store": {"certificates": [trusted]},
                "corrupted_subaccounts": [{"regionHost": "r", "subaccount": "s"}], **more})

    def test_everything(self):
        sim, exporter = self.watch(self.whole())
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 1, exporter.stderr_text)
        self.assertEqual(self.errors(metrics), set())
        odd = "\u00fcml \"q\" 100%"
        self.assertEqual(names(metrics), {
            "ui", "system", "ca", "backend_trust/trustedbackend.1.1", "email_trust/trustedemailserver.1.1",
            store("first"), store(odd), f"idp/{REGION}/first/3"})
        self.assertEqual(metrics.labels(INFO, "subject", type="idp"), ["CN=IdP,O=Example"])
        self.assertEqual({(l["type"], l["id"]): v for l, v in metrics.series("sapcc_service_channel_connected")},
                         {("K8S", "7"): 1, ("HANA", "2"): 0})
        self.assertEqual(metrics.value("sapcc_backend_trust_all"), 1)
        self.assertEqual(metrics.value("sapcc_corrupted_subaccounts"), 1)
        self.assertEqual(metrics.value("sapcc_certificate_expiry_alert_threshold_seconds"), 30 * DAY)
        self.assertEqual(metrics.value("sapcc_subaccount_tunnel_state", subaccount=odd, state="ConnectFailure"), 1)
        self.assertEqual(metrics.series("sapcc_subaccount_tunnel_connected_since_timestamp_seconds",
                                        subaccount=odd), [])
        self.assertEqual(metrics.labels("sapcc_subaccount_info", "location_id", subaccount="first"), ["lab"])
        self.assertEqual(metrics.value("sapcc_cpu_usage_ratio", scope="total"), 0.15)
        self.assertEqual(metrics.value("sapcc_disk_size_bytes"), 102400 * 1024 * 1024)
        self.assertLess(abs(metrics.value("sapcc_clock_skew_seconds")), 60)
        due = metrics.value(DUE, name=store("first"), renewal="automatic")
        self.assertEqual(due, metrics.value(EXPIRY, name=store("first")) - 37 * DAY)
        self.polite(sim)
        # what people do not want to see elsewhere
        page = exporter.get()[2] + exporter.get("/")[2] + exporter.get("/api/v1/certificates")[2]
        self.assertNotIn("cloud-user@example.com", page)
        result = subprocess.run([tool("promtool"), "check", "metrics"], input=exporter.get()[2], text=True,
                                capture_output=True)
        self.assertEqual((result.stdout + result.stderr).splitlines(),
                         [f'{DAYS} use base unit "seconds" instead of "days"'])

    def test_names_that_are_too_long(self):
        """Whatever an alias or a subaccount is called, it is one store, and the others stay as they are."""
        long = ("s" * 1025, "s" * 5000, "s" * 16000, "\u20ac" * 5000)
        trusted = {"subject": "CN=Root", "issuer": "CN=Root", "not_after": "+4000d"}
        aliases = ("a" * 1500, "\u20ac" * 5000)
        def label(text):
            return text.encode()[:1024].decode(errors="ignore")
        for reported in (True, False):  # whether other answers have the certificates
            with self.subTest(reported=reported):
                faults = [] if reported else [{"endpoint": ["monitoring_certificates", "monitoring_subaccounts"], "status": 404}]
                document = scenario(subaccount("first", 9), *(subaccount(name) for name in long), faults=faults, **{
                    "trust_store": {"certificates": [{"alias": alias, **trusted} for alias in aliases]}})
                sim, exporter = self.watch(document)
                metrics = exporter.metrics()
                self.assertEqual(metrics.value("btp_source_up"), 1, exporter.stderr_text[-4000:])
                self.assertEqual(metrics.value(STATE, name=store("first"), state="ok"), 1)
                stores = [labels for labels, _ in metrics.series(STATE)]
                self.assertEqual(len({l["name"] for l in stores if l["name"].startswith("subaccount/")}), 5)
                self.assertEqual({l["state"] for l in stores if l["name"].startswith("subaccount/") and len(l["name"]) > 100},
                                 {"ok" if reported else "unavailable"})
                self.assertEqual(metrics.value("btp_source_errors_total", stage="fetch", reason="limit") or 0, 0 if reported else 4)
                self.assertEqual({l["name"] for l in stores if l["name"].startswith("backend_trust/")},
                                 {label("backend_trust/" + alias) for alias in aliases})
                self.assertEqual(len(metrics.series("sapcc_subaccount_info")), 3)  # three are the same when they are cut
                self.polite(sim)

    def test_renewal_keeps_the_series_and_the_tunnel(self):
        sim, exporter = self.watch(self.whole())
        before = exporter.metrics()
        sim.control("POST", "/subaccount", {"subaccount": "first", "action": "renew"})
        after = exporter.refresh("scc")
        self.assertEqual([l for l, _ in after.series(EXPIRY, name=store("first"))],
                         [l for l, _ in before.series(EXPIRY, name=store("first"))])
        self.assertAlmostEqual(after.value(EXPIRY, name=store("first")), time.time() + 365 * DAY, delta=120)
        self.assertNotEqual(after.labels(INFO, "serial_number", name=store("first")),
                            before.labels(INFO, "serial_number", name=store("first")))
        since = "sapcc_subaccount_tunnel_connected_since_timestamp_seconds"
        self.assertEqual(len(after.series(since)), 1)

    def test_forms_of_an_answer(self):
        """However it is written, the same series."""
        seen = None
        for form in ({}, {"http": {"equals_escaped": True}}, {"http": {"reason": "empty"}},
                     {"http": {"chunked": True}}, {"http": {"gzip_min": 1}}, {"http": {"server": "nginx/1.29.7"}},
                     {"answers": {"unset": "absent"}}, {"answers": {"alerts": "array"}},
                     {"faults": [{"endpoint": sorted(CALLS), "kind": "members", "set": {"later": [None, {"x": 1}]}}]}):
            with self.subTest(form):
                document = self.whole(clock={"now_ms": 1785888000000}, **form)
                _, exporter = self.watch(document, now=FROZEN)
                rows = {(family, tuple(sorted(labels.items())), value) for family in exporter.metrics().names()
                        if family.startswith(("btp_certificate_", "sapcc_")) and "cache" not in family
                        for labels, value in exporter.metrics().series(family)}
                seen = seen or rows
                self.assertEqual(rows ^ seen, set())
                self.assertGreater(len(rows), 100)
                self.again()

    def test_serial_numbers(self):
        """A leading zero makes the last group one digit short there, and changes nothing here."""
        for serial in ("0633e0221b8828762511ab4832f6677a", "cfeb488192d84931a21dde04df32a108", "01", "80ff"):
            row = subaccount("a")
            row["certificate"]["serial"] = serial
            _, exporter = self.watch(scenario(row))
            self.assertEqual(exporter.metrics().labels(INFO, "serial_number", name=store("a")), [serial.lstrip("0")])
            self.again()

    def test_faults_keep_what_is_known(self):
        sim, exporter = self.watch(self.whole())
        self.check_faults(sim, exporter, (
            ({"status": 500}, "http_5xx"), ({"status": 503, "body": "html"}, "http_5xx"),
            ({"kind": "cut"}, "truncated"), ({"kind": "short_body"}, "truncated"),
            ({"kind": "close"}, None), ({"kind": "not_http"}, None),
            ({"kind": "invalid_json"}, "syntax"), ({"kind": "truncated_json"}, "syntax"),
            ({"kind": "invalid_utf8"}, "syntax"), ({"kind": "trailing_text"}, "syntax"),
            ({"kind": "deep_json"}, "limit"), ({"kind": "wrong_type"}, "syntax"),
            ({"kind": "content_type"}, "content_type"), ({"kind": "redirect"}, "redirect"),
            ({"kind": "html"}, "login_page"), ({"status": 429}, "http_429"),
            ({"kind": "huge"}, "too_large"), ({"kind": "endless_headers"}, None)))

    def test_slow_answers_keep_what_is_known(self):
        sim, exporter = self.watch(self.whole(), settings={"timeout": "5s"})
        self.check_faults(sim, exporter, (({"kind": "hang"}, "timeout"), ({"kind": "slow_body"}, "timeout")))

    def check_faults(self, sim, exporter, faults):
        """Each of these (fault, reason) of some endpoints is reported, and what they said before stays."""
        good = exporter.metrics()
        last = "btp_source_last_success_timestamp_seconds"
        for fault, reason in faults:
            with self.subTest(fault):
                before = {(l["stage"], l["reason"]): v for l, v in exporter.metrics().series(ERRORS)}
                # one part only: the others have to stay fresh
                sim.faults({"endpoint": ["subaccounts", "subaccount", "truststore", "monitoring_subaccounts",
                                         "monitoring_certificates"], **fault})
                metrics = exporter.refresh("scc", seconds=120)
                self.assertEqual(metrics.value("btp_source_up"), 0)
                self.assertEqual(names(metrics), names(good), "nothing vanishes")
                self.assertEqual(metrics.series(EXPIRY), good.series(EXPIRY))
                self.assertEqual(metrics.value(last), good.value(last))
                grown = {l["reason"] for l, v in metrics.series(ERRORS) if v > before[(l["stage"], l["reason"])]}
                self.assertTrue(reason in grown if reason else grown, grown)
                self.assertEqual(metrics.value("sapcc_info", version="2.19.1"), 1, "what was answered is fresh")
        sim.faults()
        back = exporter.refresh("scc")
        self.assertEqual(back.value("btp_source_up"), 1)
        self.assertEqual(names(back), names(good))

    def test_removed_subaccount(self):
        sim, exporter = self.watch(scenario(subaccount("a"), subaccount("b")))
        self.assertEqual(names(exporter.metrics(), type="subaccount"), {store("a"), store("b")})
        sim.change(scenario(subaccount("b")))
        self.assertEqual(names(exporter.refresh("scc"), type="subaccount"), {store("b")})

    def test_restart_with_another_connector(self):
        """What the state file has of one connector is not shown for another one that cannot be reached."""
        state = self.folder / "state.json"
        sim, exporter = self.watch(scenario(subaccount("a")), "--state.file", state)
        self.assertEqual(exporter.stop(), 0)
        self.assertEqual(sim.stop(), 0)
        for url, known in ((sim.url, {store("a"), "ui"}), ("https://localhost:1", set())):
            exporter = self.exporter("sources:\n" + connector.source_yaml(sim, url=url), "--state.file", state)
            metrics = exporter.ready()
            self.assertEqual(metrics.value("btp_source_up"), 0)
            self.assertEqual(names(metrics), known)
            self.assertEqual(metrics.series("btp_source_last_success_timestamp_seconds") != [], known != set())
            self.assertEqual(exporter.stop(), 0)

    def test_down_from_the_start(self):
        """What was read is shown, and no older inventory is reported, since none exists."""
        fault = {"endpoint": "truststore", "status": 500}
        _, exporter = self.watch(scenario(subaccount("a"), faults=[fault]))
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertEqual(names(metrics, type="subaccount"), {store("a")})
        exporter.wait_text("stderr_text", 'msg="source is down"')
        self.assertNotIn("older inventory", exporter.stderr_text)

    def test_unreachable(self):
        sim, exporter = self.watch(self.whole())
        good = exporter.metrics()
        self.assertEqual(sim.stop(), 0)
        lost = exporter.refresh("scc", seconds=60)
        self.assertEqual(lost.value("btp_source_up"), 0)
        self.assertEqual(lost.series(EXPIRY), good.series(EXPIRY))
        self.assertIn("its older inventory is kept", exporter.stderr_text)
        self.assertEqual({family for family in lost.names() if family.startswith("sapcc_")}, {"sapcc_endpoint_up"})
        self.assertEqual({value for _, value in lost.series("sapcc_endpoint_up")}, {0})

    def test_canary(self):
        """The password in no output, whatever happens."""
        state = self.folder / "state.json"
        sim, exporter = self.watch(self.whole(), "--state.file", state, "--log.level=debug")
        seen = []

        def look():
            for path in ("/metrics", "/", "/api/v1/certificates", "/api/v1/stores", "/api/v1/sources"):
                seen.append(exporter.get(path)[2])
        look()
        # an answer that repeats what it was asked with
        header = "Basic " + base64.b64encode(f"monitor:{PASSWORD}".encode()).decode()
        for fault in ({"status": 500, "text": header}, {"status": 403, "text": json.dumps({"message": PASSWORD})},
                      {"status": 401, "text": header}, {"kind": "redirect"}, {"kind": "html"}, {"kind": "close"},
                      {"kind": "invalid_json"}):
            sim.faults({"endpoint": sorted(CALLS), **fault})
            exporter.refresh("scc", seconds=60)
            look()
        code = exporter.stop()
        self.assertEqual(code, 0)
        seen += [exporter.stderr_text, exporter.stdout_text, state.read_text()]
        for text in seen:
            self.assertNotIn(CANARY, text)
            self.assertNotIn("bW9uaXRvcjp", text, "nor as the header that carries it")

    def test_once(self):
        sim = self.connector(self.whole())
        config = self.write("once.yml", "sources:\n" + connector.source_yaml(sim))
        result = harness.command("--config.file", config, "--once=metrics")
        self.assertEqual(result.returncode, 1, "a renewal that has failed counts: " + result.stderr)
        samples = Samples(result.stdout)
        self.assertEqual(samples.labels("sapcc_info", "version"), ["2.19.1"])
        self.assertEqual(len(samples.series(EXPIRY)), 8)
        table = harness.command("--config.file", config, "--once")
        self.assertIn("subaccount", table.stdout)


if __name__ == "__main__":
    unittest.main()
