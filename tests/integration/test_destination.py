#!/usr/bin/python3
"""The way of the data: a service key goes in, every certificate comes out on /metrics."""
import json
import os
import shutil
import signal
import unittest

import harness
from harness import Case, make_certificate, manifest, scenario, stores, wait_for

DAY = 86400
HEADLINE = "btp_certificate_expiry_timestamp_seconds"
INFO = "btp_certificate_info"
STATE = "btp_certificate_store_state"


def states(metrics, **wanted):
    return {labels["name"]: labels["state"] for labels, _ in metrics.series(STATE, **wanted)}


def entry(name, file, **more):
    return {"name": name, "file": str(file), **more}


def label(value):
    """A text as a label value: at most 1 024 bytes."""
    return value.encode()[:1024].decode(errors="ignore") if isinstance(value, str) else value


class Landscape(Case):
    """Small landscapes of one or two certificates."""

    def setUp(self):
        super().setUp()
        self.first = make_certificate(self.folder, "first", days=100)
        self.second = make_certificate(self.folder, "second", days=20)

    def two(self, **more):
        return scenario({"certificates": [entry("first.pem", self.first), entry("second.pem", self.second)],
                         "destinations": [{"Name": "SHOP", "Type": "HTTP", "KeyStoreLocation": "first.pem"}]},
                        **more)

    def end_of(self, file):
        text = harness.run("openssl", "x509", "-in", file, "-noout", "-enddate").stdout.strip().split("=")[1]
        return int(harness.run("date", "-d", text, "+%s").stdout)


class Credentials(Landscape):
    def test_client_secret(self):
        sim, exporter = self.service(self.two())
        metrics = exporter.metrics()
        self.assertEqual(metrics.value(HEADLINE, name="first.pem", destination="SHOP"), self.end_of(self.first))
        self.assertEqual(metrics.value(HEADLINE, name="second.pem", destination=""), self.end_of(self.second))
        self.assertEqual(metrics.value("btp_source_up", source="prod"), 1)
        info = metrics.series("btp_source_info")[0][0]
        self.assertEqual((info["tenant_id"], info["subaccount_id"]), ("zone-guid", "subaccount-guid"))
        self.assertEqual(sim.stats()["violations"], 0)
        self.assertEqual(len(sim.requests(endpoint="token")), 1, "one token for many requests")
        self.assertEqual(metrics.series("btp_certificate_info", level="binding"), [])

    def test_wrapped_in_credentials(self):
        self.service(self.two(), key=lambda sim: {"credentials": sim.key()})

    def test_x509_sends_the_chain_and_no_secret(self):
        sim, exporter = self.service(self.two(), key=lambda sim: sim.x509_key())
        request = sim.requests(endpoint="token")[0]
        self.assertEqual(request["host"], "mtls")
        self.assertIn("exporter-binding", request["client_cert_subject"])
        metrics = exporter.metrics()
        rows = metrics.series(INFO, level="binding", name="binding", type="binding")
        self.assertGreaterEqual(len(rows), 2, "the binding's own chain")
        self.assertEqual(metrics.value("btp_certificates", level="binding"), len(rows))

    def test_x509_with_a_self_managed_key(self):
        sim = self.simulator(self.two())
        key = self.write("key.json", sim.x509_key(key=None))
        private = self.write("private.pem", (sim.keys / "client-key.pem").read_text())
        config = "sources:\n" + harness.source_yaml(key, sim.keys / "ca.pem", private_key_file=str(private))
        self.assertEqual(self.exporter(config).ready().value("btp_source_up"), 1)

    def test_single_fields(self):
        sim = self.simulator(self.two())
        key = sim.key()
        secret = self.write("secret.txt", key["clientsecret"] + "\n")
        config = f"""sources:
  - id: prod
    kind: destination-service
    host: destination-configuration.localhost:{sim.ports['service']}
    token_url: {key['url']}
    client_id: "{key['clientid']}"
    client_secret_file: {secret}
    ca_file: {sim.keys}/ca.pem
"""
        self.assertEqual(self.exporter(config).ready().value("btp_source_up"), 1)

    def test_subscriber_tenant(self):
        other = {"subdomain": "initech", "zid": "other-zone", "subaccountid": "other-subaccount",
                 "subaccount": {"certificates": [entry("theirs.pem", self.second)]}}
        _, exporter = self.service(self.two(tenants=[other]), settings={"subscriber": "initech"})
        metrics = exporter.metrics()
        self.assertEqual(states(metrics, level="subaccount"), {"theirs.pem": "ok"})
        self.assertEqual(metrics.series("btp_source_info")[0][0]["tenant_id"], "other-zone")

    def vcap(self, sim):
        return {"destination": [{"label": "destination", "name": "my dest", "instance_name": "my dest",
                                 "binding_name": None, "tags": ["destination"], "credentials": sim.key()}]}

    def discovered(self, sim, env, source):
        exporter = self.exporter(None, "--ca.file", sim.keys / "ca.pem", env=env)
        self.assertEqual(exporter.ready().value("btp_source_up", source=source), 1)

    def test_discovery_in_vcap_services(self):
        sim = self.simulator(self.two())
        self.discovered(sim, {"VCAP_SERVICES": json.dumps(self.vcap(sim))}, "my-dest")

    def test_discovery_in_a_vcap_file(self):
        sim = self.simulator(self.two())
        file = self.write("vcap.json", self.vcap(sim))
        self.discovered(sim, {"VCAP_SERVICES_FILE_PATH": str(file), "VCAP_SERVICES": "{}"}, "my-dest")

    def mounted(self, sim, root):
        """What SAP BTP service operator writes, mounted as Kubernetes does it."""
        data = self.folder / root / "dest" / "..2026_01"
        data.mkdir(parents=True)
        fields = {**sim.key(), "type": "destination", "instance_name": "my-instance", "label": "destination"}
        for name, value in fields.items():
            (data / name).write_text(value + "\n")
        (data / ".metadata").write_text(json.dumps({
            "metaDataProperties": [{"name": n, "format": "text"} for n in ("type", "instance_name", "label")],
            "credentialProperties": [{"name": n, "format": "text"} for n in sim.key()]}))
        mount = data.parent
        (mount / "..data").symlink_to("..2026_01")
        for name in [*fields, ".metadata"]:
            (mount / name).symlink_to(f"..data/{name}")
        return mount

    def test_discovery_in_mounted_bindings(self):
        sim = self.simulator(self.two())
        mount = self.mounted(sim, "bindings")
        exporter = self.exporter(None, "--ca.file", sim.keys / "ca.pem",
                                 env={"SERVICE_BINDING_ROOT": str(mount.parent)})
        self.assertEqual(exporter.ready().value("btp_source_up"), 1)

    def test_rotation_of_a_mounted_binding_without_restart(self):
        sim = self.simulator(self.two())
        mount = self.mounted(sim, "bindings")
        config = f"""sources:
  - id: prod
    kind: destination-service
    binding_dir: {mount}
    ca_file: {sim.keys}/ca.pem
"""
        exporter = self.exporter(config)
        self.assertEqual(exporter.ready().value("btp_source_up"), 1)
        rotated = self.two()
        rotated["clients"][0]["client_secret"] = "CANARY-rotated"
        sim.change(rotated)
        sim.control("POST", "/tokens/revoke")
        self.assertEqual(exporter.refresh().value("btp_source_up"), 0, "the old secret is refused")
        fresh = mount / "..2026_02"
        shutil.copytree(mount / "..2026_01", fresh)
        (fresh / "clientsecret").write_text("CANARY-rotated\n")
        os.symlink("..2026_02", mount / "..tmp")
        os.rename(mount / "..tmp", mount / "..data")
        self.assertEqual(exporter.refresh().value("btp_source_up"), 1)

    def test_service_that_moved_without_restart(self):
        sim, exporter = self.service(self.two())
        moved = f"127.0.0.1:{sim.ports['service']}"
        self.write("key.json", sim.key(uri=f"https://{moved}", subaccountid="moved-subaccount"))
        sim.control("POST", "/reset")
        metrics = exporter.refresh()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        info = metrics.series("btp_source_info")[0][0]
        self.assertEqual((info["host"], info["subaccount_id"]), (moved, "moved-subaccount"))
        self.assertEqual(sim.requests(endpoint="token"), [], "the same client keeps its token")

    def test_wrong_secret_is_told_and_not_hammered(self):
        sim, exporter = self.service(self.two(), key=lambda sim: sim.key(clientsecret="CANARY-wrong"), speed=1)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertEqual(metrics.value("btp_source_errors_total", stage="token", reason="http_401"), 1)
        self.assertEqual(len(sim.requests(endpoint="token")), 1, "no second try of a refused secret")
        self.assertIsNone(metrics.value("btp_source_last_success_timestamp_seconds"))
        self.assertNotIn("CANARY", exporter.stderr_text)


class Refreshes(Landscape):
    def test_unchanged_is_304_and_not_decoded(self):
        sim, exporter = self.service(self.two())
        hits = exporter.metrics().value("btp_certificate_cache_hits_total")
        misses = exporter.metrics().value("btp_certificate_cache_misses_total")
        sim.control("POST", "/reset")
        metrics = exporter.refresh()
        keys = sim.requests(endpoint="certificate_public_keys")
        self.assertEqual([r["status"] for r in keys], [304, 304])
        self.assertTrue(all(len(r["if_none_match"]) == 64 for r in keys))
        self.assertEqual(len(sim.requests(endpoint="certificate_names")), 2, "one list a level")
        self.assertEqual(metrics.value("btp_certificate_cache_hits_total"), hits + 2)
        self.assertEqual(metrics.value("btp_certificate_cache_misses_total"), misses)
        self.assertEqual(sim.requests(endpoint="certificate"), [], "no private key crossed the wire")
        self.assertEqual(sim.requests(endpoint="token"), [], "the token is kept")

    def test_unchanged_without_etags_is_recognised_by_its_bytes(self):
        for etag in ("none", "quoted"):
            _, exporter = self.service(self.two(service={"etag": etag}))
            misses = exporter.metrics().value("btp_certificate_cache_misses_total")
            metrics = exporter.refresh()
            self.assertEqual(metrics.value("btp_certificate_cache_misses_total"), misses)
            self.assertEqual(metrics.value("btp_certificate_cache_hits_total"), 2)
            self.doCleanups()
            self.setUp()

    def test_rotated_ca_file(self):
        sim = self.simulator(self.two())
        key, ca = self.write("key.json", sim.key()), self.write("ca.pem", self.first.read_text())
        exporter = self.exporter("sources:\n" + harness.source_yaml(key, ca))
        self.assertEqual(exporter.ready().value("btp_source_errors_total", stage="token", reason="tls"), 1)
        ca.write_text((sim.keys / "ca.pem").read_text())
        wait_for(lambda: exporter.metrics().value("btp_source_up") == 1)

    def test_renewal_keeps_the_series(self):
        sim, exporter = self.service(self.two())
        before = exporter.metrics()
        renewed = make_certificate(self.folder, "renewed", days=300, subject="/CN=first")
        document = self.two()
        document["tenants"][0]["subaccount"]["certificates"][0] = entry("first.pem", renewed)
        sim.change(document)
        after = exporter.refresh()
        old, new = before.series(HEADLINE, name="first.pem"), after.series(HEADLINE, name="first.pem")
        self.assertEqual(len(new), 1)
        self.assertEqual(old[0][0], new[0][0], "the same series")
        self.assertEqual(new[0][1], self.end_of(renewed))
        fingerprints = [m.labels(INFO, "fingerprint_sha256", name="first.pem") for m in (before, after)]
        self.assertNotEqual(*fingerprints)
        self.assertEqual(len(fingerprints[1]), 1)

    def test_deletion_after_a_good_refresh(self):
        sim, exporter = self.service(self.two())
        document = self.two()
        del document["tenants"][0]["subaccount"]["certificates"][1]
        sim.change(document)
        metrics = exporter.refresh()
        self.assertEqual(states(metrics), {"first.pem": "ok"})
        self.assertEqual(metrics.series(HEADLINE, name="second.pem"), [])

    def test_api_lost_and_back(self):
        sim, exporter = self.service(self.two())
        good = exporter.metrics()
        sim.faults({"kind": "status", "status": 503})
        lost = exporter.refresh(seconds=60)
        self.assertEqual(lost.value("btp_source_up"), 0)
        self.assertEqual(lost.value("btp_source_level_up", level="subaccount"), 0)
        self.assertEqual(lost.series(HEADLINE), good.series(HEADLINE), "the data is still there")
        last = "btp_source_last_success_timestamp_seconds"
        self.assertEqual(lost.value(last), good.value(last), "the success stands still")
        attempt = "btp_source_last_attempt_timestamp_seconds"
        self.assertGreater(lost.value(attempt), good.value(attempt))
        sim.faults()
        back = exporter.refresh()
        self.assertEqual(back.value("btp_source_up"), 1)
        self.assertGreater(back.value(last), good.value(last))

    def test_down_from_the_first_refresh_on(self):
        """What could be read is new then: no older inventory is spoken of."""
        _, exporter = self.service(self.two(faults=[{"endpoint": "fragments", "status": 500}]))
        self.assertEqual(set(states(exporter.metrics())), {"first.pem", "second.pem"})
        exporter.wait_text("stderr_text", 'msg="source is down" source=prod')
        self.assertNotIn("older inventory", exporter.stderr_text)

    def test_another_tenant_inherits_nothing(self):
        other = {"subdomain": "initech", "zid": "other-zone", "subaccountid": "other-subaccount",
                 "subaccount": {"certificates": [entry("theirs.pem", self.second)]}}
        state = self.folder / "state.json"
        sim, exporter = self.service(self.two(tenants=[other]), "--state.file", state)
        sim.faults({"endpoint": "certificate_names", "status": 500})
        own = exporter.config.read_text()
        theirs = own + '    subscriber: "initech"\n'
        exporter.config.write_text(theirs)
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().value("btp_source_up") == 0)
        self.assertEqual(exporter.metrics().series(HEADLINE), [])
        self.assertIsNone(exporter.metrics().value("btp_source_last_success_timestamp_seconds"))
        self.assertEqual(exporter.stop(), 0)
        # the same through a state file: what was kept is of another tenant
        sim.faults()
        again = self.exporter(own, "--state.file", state)
        again.ready()
        again.stop()
        sim.faults({"endpoint": "certificate_names", "status": 500})
        third = self.exporter(theirs, "--state.file", state)
        third.ready()
        self.assertEqual(third.metrics().series(HEADLINE), [])

    def test_a_level_that_is_not_configured_any_more(self):
        sim, exporter = self.service(self.two())
        sim.faults({"kind": "status", "status": 503})
        exporter.config.write_text(exporter.config.read_text() + "    levels: [instance]\n    exclude: [\"x*\"]\n")
        exporter.signal(signal.SIGHUP)
        wait_for(lambda: exporter.metrics().labels("btp_source_level_up", "level") == ["instance"])
        self.assertEqual(exporter.metrics().series(HEADLINE), [])

    def test_refresh_asked_for_while_one_runs(self):
        sim, exporter = self.service(self.two(service={"latency_ms": 300}))
        before = exporter.refreshes()
        exporter.signal(signal.SIGUSR1)
        wait_for(lambda: sim.stats()["running_service"] > 0)
        exporter.signal(signal.SIGUSR1)
        wait_for(lambda: exporter.refreshes() >= before + 2, 30, "a second refresh")

    def test_no_gap_while_refreshing(self):
        sim, exporter = self.service(self.two(service={"latency_ms": 50}))
        exporter.refresh(meanwhile=lambda: self.assertEqual(len(exporter.metrics().series(HEADLINE)), 2))

    def test_parallel_at_most_four(self):
        document = scenario({"certificates": [{"name": "c-{n}.pem", "file": str(self.first), "repeat": 40}]},
                            service={"latency_ms": 20})
        sim, _ = self.service(document)
        stats = sim.stats()
        self.assertLessEqual(stats["max_parallel_service"], 4)
        self.assertGreater(stats["max_parallel_service"], 1)
        self.assertEqual(stats["violations"], 0)

    def test_state_file_keeps_the_inventory_over_a_restart(self):
        state = self.folder / "state.json"
        sim, exporter = self.service(self.two(), "--state.file", state)
        good = exporter.metrics()
        self.assertEqual(exporter.stop(), 0)
        self.assertEqual(state.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("CANARY", state.read_text())
        sim.faults({"kind": "hang"}, {"endpoint": "token", "kind": "hang"})
        again = self.exporter(exporter.config.read_text(), "--state.file", state)
        metrics = again.metrics()
        self.assertEqual(metrics.series(HEADLINE), good.series(HEADLINE))
        self.assertIsNone(metrics.value("btp_source_up"), "not tried yet")
        self.assertEqual(again.get("/-/ready")[0], 503)
        self.assertEqual(metrics.value("btp_source_last_success_timestamp_seconds"),
                         round(good.value("btp_source_last_success_timestamp_seconds"), 3))


class Answers(Landscape):
    """Each fault of the simulator: the request fails with stage and reason, old entries stay."""

    def reasons(self, exporter, before):
        name = "btp_source_errors_total"
        after = exporter.metrics()
        return {(labels["stage"], labels["reason"]) for labels, value in after.series(name)
                if value > (before.value(name, stage=labels["stage"], reason=labels["reason"]) or 0)}

    def check(self, sim, exporter, fault, *expected, up=0, more=()):
        with self.subTest(fault=fault):
            before = exporter.metrics()
            sim.faults(fault)
            metrics = exporter.refresh(seconds=90)
            self.assertEqual(self.reasons(exporter, before) - set(more), set(expected))
            self.assertEqual(metrics.value("btp_source_up"), up)
            self.assertEqual(metrics.series(HEADLINE), before.series(HEADLINE), "old entries stay")
            sim.faults()
            self.assertEqual(exporter.refresh().value("btp_source_up"), 1, "recovers")

    def test_broken_lists(self):
        sim, exporter = self.service(self.two(), settings={"levels": ["subaccount"]})
        for kind, reason in (("cut", "truncated"), ("short_body", "truncated"), ("html", "content_type"),
                             ("content_type", "content_type"), ("invalid_json", "syntax"),
                             ("truncated_json", "syntax"), ("invalid_utf8", "syntax"), ("deep_json", "limit"),
                             ("trailing_text", "syntax"), ("wrong_type", "syntax")):
            self.check(sim, exporter, {"endpoint": "certificate_names", "kind": kind}, ("list", reason))
        for status, reason in ((403, "http_403"), (404, "http_404"), (429, "http_429"), (500, "http_5xx"),
                               (503, "http_5xx"), (418, "http_4xx")):
            self.check(sim, exporter, {"endpoint": "certificate_names", "status": status}, ("list", reason))
        self.check(sim, exporter, {"endpoint": "certificate_names", "kind": "redirect",
                                   "location": "https://127.0.0.1:1/"}, ("list", "redirect"))
        self.check(sim, exporter, {"endpoint": "destinations", "kind": "cut"}, ("references", "truncated"))
        self.check(sim, exporter, {"endpoint": "fragments", "status": 500}, ("references", "http_5xx"))
        self.check(sim, exporter, {"endpoint": "fragments", "status": 403}, ("references", "http_403"), up=1)
        self.check(sim, exporter, {"endpoint": "fragments", "status": 404}, up=1)
        self.check(sim, exporter, {"endpoint": "saml_active", "status": 500}, ("saml_trust", "http_5xx"), up=1)

    def test_time_runs_out(self):
        sim, exporter = self.service(self.two(), settings={"timeout": "5s", "levels": ["subaccount"]})
        for kind in ("hang", "slow_body", "slow_headers"):
            self.check(sim, exporter, {"endpoint": "certificate_names", "kind": kind, "interval_ms": 300},
                       ("list", "timeout"),  # three time-outs in a row end the rest of the refresh
                       more={("saml_trust", "timeout")})

    def test_token_faults(self):
        sim, exporter = self.service(self.two())
        for fault, reason in (({"status": 429, "retry_after": 40, "body": "html"}, "http_429"),
                              ({"status": 503}, "http_5xx"), ({"kind": "html"}, "content_type"),
                              ({"status": 401}, "http_401"), ({"kind": "invalid_json"}, "syntax")):
            sim.control("POST", "/tokens/revoke")
            self.check(sim, exporter, {"endpoint": "token", **fault}, ("token", reason))
            sim.control("POST", "/tokens/revoke")

    def test_one_401_is_repeated_with_a_new_token(self):
        sim, exporter = self.service(self.two())
        sim.control("POST", "/reset")
        self.check(sim, exporter, {"endpoint": "certificate_public_keys", "status": 401, "times": 1}, up=1)
        self.assertEqual(len(sim.requests(endpoint="token")), 1)

    def test_401_for_ever_fails_and_waits(self):
        sim, exporter = self.service(self.two())
        self.check(sim, exporter, {"endpoint": "destinations", "status": 401}, ("references", "http_401"))

    def test_401_for_ever_asks_for_one_new_token(self):
        sim, exporter = self.service(self.two())
        everything = ["destinations", "fragments", "certificate_names", "saml_active", "saml_passive"]
        sim.faults({"endpoint": everything, "status": 401})
        sim.control("POST", "/reset")
        self.assertEqual(exporter.refresh().value("btp_source_up"), 0)
        self.assertEqual(len(sim.requests(endpoint="token")), 1, "after the first 401 of the refresh")
        self.assertEqual(len(sim.requests(endpoint="destinations")), 3, "the first one once more")
        sim.faults()
        self.assertEqual(exporter.refresh().value("btp_source_up"), 1)

    def test_one_store_fails(self):
        sim, exporter = self.service(self.two())
        sim.faults({"endpoint": "certificate_public_keys", "name": "first.pem", "status": 500})
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(states(metrics), {"first.pem": "unavailable", "second.pem": "ok"})
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual(len(metrics.series(HEADLINE)), 2, "its old entries stay")
        sim.faults({"endpoint": "certificate_public_keys", "name": "first.pem", "status": 403})
        self.assertEqual(states(exporter.refresh())["first.pem"], "forbidden")
        sim.faults({"endpoint": "certificate_public_keys", "name": "first.pem", "status": 404})
        self.assertEqual(states(exporter.refresh()), {"second.pem": "ok"}, "deleted meanwhile")

    def test_every_store_404_is_a_failure(self):
        sim, exporter = self.service(self.two())
        self.check(sim, exporter, {"endpoint": "certificate_public_keys", "status": 404}, ("fetch", "http_404"))

    def test_every_store_fails(self):
        sim, exporter = self.service(self.two())
        self.check(sim, exporter, {"endpoint": "certificate_public_keys", "kind": "invalid_json"},
                   ("fetch", "syntax"))

    def test_one_bad_element_hides_no_other(self):
        sim, exporter = self.service(self.two(), settings={"levels": ["subaccount"]})
        chain = self.first.read_text()
        for fault, name, wanted in (
                ({"endpoint": "certificate_names", "text": '[{"Name":"first.pem"},null,{"Name":"second.pem"},{}]'},
                 "certificates", 2),
                ({"endpoint": "destinations", "text": '[7,{"Name":"A","Type":"HTTP","KeyStoreLocation":"first.pem",'
                  '"Description":"\\u0000 \\ud83d"}]'}, "references", 1),
                ({"endpoint": "certificate_public_keys", "name": "first.pem", "text": json.dumps(
                    [{"Alias": "good", "Content": chain}, {"Alias": "bad", "Content": None}])}, "aliases", 1)):
            with self.subTest(fault=fault):
                sim.faults({"kind": "body", **fault})
                metrics = exporter.refresh(seconds=60)
                found = {"certificates": lambda: metrics.series(STATE),
                         "references": lambda: metrics.series("btp_certificate_reference", destination="A"),
                         "aliases": lambda: metrics.series(INFO, name="first.pem", entry="good")}[name]()
                self.assertEqual(len(found), wanted)
                self.assertEqual(metrics.value("btp_source_up"), 1 if name == "aliases" else 0)
        self.assertEqual(states(metrics)["first.pem"], "partial")

    def test_403_on_one_level_keeps_the_other(self):
        sim, exporter = self.service(self.two())
        sim.faults({"level": "instance", "status": 403})
        metrics = exporter.refresh()
        self.assertEqual(metrics.value("btp_source_level_up", level="instance"), 0)
        self.assertEqual(metrics.value("btp_source_level_up", level="subaccount"), 1)
        self.assertEqual(metrics.value("btp_source_up"), 0)

    def test_huge_list(self):
        sim, exporter = self.service(self.two(), settings={"levels": ["subaccount"]})
        for announce in (False, True):
            self.check(sim, exporter, {"endpoint": "certificate_names", "kind": "huge", "megabytes": 70,
                                       "announce": announce}, ("list", "too_large"))

    def test_huge_store(self):
        sim, exporter = self.service(self.two())
        for announce in (False, True):
            sim.faults({"endpoint": "certificate_public_keys", "name": "first.pem", "kind": "huge", "megabytes": 7,
                        "announce": announce})
            metrics = exporter.refresh()
            self.assertEqual(states(metrics), {"first.pem": "too_large", "second.pem": "ok"})
            self.assertEqual(metrics.value("btp_source_up"), 1)
            self.assertEqual(len(metrics.series(HEADLINE)), 2, "its old entries stay")
        self.assertEqual(metrics.value("btp_source_errors_total", stage="fetch", reason="too_large"), 2)
        self.check(sim, exporter, {"endpoint": "certificate_public_keys", "kind": "huge", "megabytes": 7},
                   ("fetch", "too_large"))
        self.assertEqual(states(exporter.metrics()), {"first.pem": "ok", "second.pem": "ok"})

    def test_unreachable_host_fails_fast(self):
        document = scenario({"certificates": [{"name": "c-{n}.pem", "file": str(self.first), "repeat": 300}]})
        sim, exporter = self.service(document)
        sim.stop()
        failed = lambda metrics: sum(n for _, n in metrics.series("btp_api_requests_total", code_class="none"))
        before = failed(exporter.metrics())
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertLess(failed(metrics) - before, 10, "three failures end the refresh")
        self.assertEqual(len(metrics.series(HEADLINE)), 300)

    def test_tls_errors(self):
        for server in ("wrong-name", "expired"):
            with self.subTest(server=server):
                sim = self.simulator(self.two(), server=server)
                key = self.write("key.json", sim.key())
                config = "sources:\n" + harness.source_yaml(key, sim.keys / "ca.pem")
                exporter = self.exporter(config)
                metrics = exporter.ready()
                self.assertEqual(metrics.value("btp_source_errors_total", stage="token", reason="tls"), 1)
                exporter.stop()
                sim.stop()


class Paging(Case):
    def names(self, document, **settings):
        _, exporter = self.service(document, settings=settings)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_up"), 1)
        return states(metrics, level="subaccount"), metrics

    def many(self, **service):
        file = make_certificate(self.folder, "page")
        return scenario({"certificates": [{"name": "c-{n}.pem", "file": str(file), "repeat": 23}],
                         "destinations": [{"Name": "D-{n}", "Type": "HTTP", "KeyStoreLocation": "c-1.pem",
                                           "$repeat": 23}]}, service=service)

    def test_every_combination_of_headers_and_sizes(self):
        for service in ({}, {"page_count": "never"}, {"page_beyond_end": "error", "page_count": "never"},
                        {"entity_count": "never", "link": False}, {"order": "reverse"}):
            for size in (1, 7, 23, 100):
                with self.subTest(service=service, size=size):
                    found, metrics = self.names(self.many(**service), page_size=size, collection="full",
                                                levels=["subaccount"])
                    self.assertEqual(len(found), 23)
                    self.assertEqual(metrics.value("btp_destinations", kind="destination"), 23)
                    self.assertEqual(len(metrics.series("btp_certificate_reference")), 23)
                    self.doCleanups()
                    self.setUp()

    def test_service_that_ignores_the_page(self):
        for service in ({}, {"page_count": "never"}, {"page_count": "never", "entity_count": "never"}):
            with self.subTest(service=service):
                sim, exporter = self.service(self.many(ignore_page=True, **service), settings={
                    "page_size": 10, "collection": "full", "levels": ["subaccount"]}, speed=1)
                metrics = exporter.metrics()
                self.assertEqual(metrics.value("btp_source_up"), 0)
                errors = {(l["stage"], l["reason"]) for l, v in metrics.series("btp_source_errors_total") if v > 0}
                self.assertEqual(errors, {("list", "limit"), ("references", "limit")})
                self.assertIn("same names as the one before", exporter.stderr_text)
                for endpoint in ("certificates", "destinations"):
                    self.assertEqual(len(sim.requests(endpoint=endpoint)), 4, "two pages, twice")
                self.doCleanups()
                self.setUp()

    def test_list_that_grows_between_two_pages(self):
        sim, exporter = self.service(self.many(entity_count="never"), settings={
            "page_size": 1, "collection": "full", "levels": ["subaccount"]})
        page = lambda n: json.dumps([{"Name": f"D-{n}", "Type": "HTTP"}])
        sim.faults({"endpoint": "destinations", "page": 2, "kind": "body", "text": page(1), "times": 1})
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(metrics.value("btp_source_up"), 1, "walked once more")
        self.assertEqual(metrics.value("btp_destinations", kind="destination"), 23)

    def changed_while_walked(self, *pages):
        """Destinations D-0 to D-22 in pages of ten; `pages` come once instead of those from the second on."""
        sim, exporter = self.service(self.many(), settings={"page_size": 10, "levels": ["subaccount"]})
        answer = lambda numbers: json.dumps([{"Name": f"D-{n}", "Type": "HTTP", "KeyStoreLocation": "c-1.pem"}
                                             for n in numbers])
        sim.faults(*({"endpoint": "destinations", "page": page, "kind": "body", "text": answer(numbers),
                      "headers": {"Entity-Count": str(total), "Page-Count": "3"}, "times": 1}
                     for page, (numbers, total) in enumerate(pages, 2)))
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(metrics.value("btp_source_up"), 1)
        self.assertEqual({labels["destination"] for labels, _ in metrics.series("btp_certificate_reference")},
                         {f"D-{n}" for n in range(23)}, "walked once more")

    def test_pages_that_overlap_leave_nothing_out(self):
        self.changed_while_walked((range(9, 19), 23))  # D-9 twice, D-19 never

    def test_deletion_between_two_pages_leaves_nothing_out(self):
        # D-1 was deleted after the first page: D-10 is on none of them, the numbers agree nevertheless
        self.changed_while_walked((range(11, 21), 22), (range(21, 23), 22))

    def test_pages_that_always_leave_something_out(self):
        """No shorter list: neither with another order at each request, nor with pages that are cut short."""
        short = {"kind": "body", "text": '[{"Name":"D-1","Type":"HTTP","KeyStoreLocation":"c-1.pem"}]',
                 "endpoint": "destinations", "headers": {"Entity-Count": "23", "Page-Count": "3"}}
        settings = {"page_size": 10, "levels": ["subaccount"]}
        for service, faults, requests in (({"order": "rotate"}, [], 6), ({}, [short], 2)):
            with self.subTest(service=service):
                sim, exporter = self.service(self.many(), settings=settings)
                before = exporter.metrics().series("btp_certificate_reference")
                self.assertEqual(len(before), 23)
                sim.change(self.many(**service))
                sim.faults(*faults)
                sim.control("POST", "/reset")
                metrics = exporter.refresh()
                self.assertEqual(metrics.value("btp_source_up"), 0)
                self.assertEqual(metrics.value("btp_source_errors_total", stage="references", reason="truncated"), 1)
                self.assertIn("entries out", exporter.stderr_text)
                self.assertEqual(metrics.series("btp_certificate_reference"), before)
                self.assertEqual(len(sim.requests(endpoint="destinations")), requests, "walked twice")
                self.doCleanups()
                self.setUp()

    def test_cut_page_fails_the_level(self):
        sim, exporter = self.service(self.many(), settings={"page_size": 10, "collection": "full",
                                                            "levels": ["subaccount"]})
        sim.faults({"endpoint": "certificates", "page": 2, "kind": "cut"})
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(metrics.value("btp_source_up"), 0)
        self.assertEqual(len(states(metrics)), 23, "never a shorter list")


class References(Landscape):
    def test_who_uses_what_and_what_is_missing(self):
        document = scenario(
            {"certificates": [entry("a.pem", self.first), entry("b.pem", self.second)],
             "destinations": [
                 {"Name": "MTLS", "Type": "HTTP", "KeyStoreLocation": "a.pem", "TrustStoreLocation": "b.pem"},
                 {"Name": "TOKEN", "Type": "HTTP", "tokenService.KeyStoreLocation": "a.pem"},
                 {"Name": "LAX", "Type": "HTTP", "TrustStoreLocation": "b.pem", "TrustAll": "TRUE"},
                 {"Name": "CLIENT", "Type": "HTTP", "KeyStoreLocation": "a.pem", "KeyStore.Source": "ClientProvided"},
                 {"Name": "CASE", "Type": "HTTP", "KeyStoreLocation": "A.pem"},
                 {"Name": "CROSS", "Type": "HTTP", "KeyStoreLocation": "only-instance.pem"},
                 {"Name": "SAML", "Type": "HTTP", "Authentication": "OAuth2SAMLBearerAssertion"}],
             "fragments": [{"FragmentName": "frag", "KeyStoreLocation": "gone.p12"}]},
            {"certificates": [entry("only-instance.pem", self.first)]},
            saml={"active": str(self.first)})
        sim, exporter = self.service(document)
        metrics = exporter.metrics()
        found = {(l["name"], l["destination"], l["property"]) for l, _ in metrics.series("btp_certificate_reference")}
        self.assertEqual(found, {("a.pem", "MTLS", "KeyStoreLocation"), ("b.pem", "MTLS", "TrustStoreLocation"),
                                 ("a.pem", "TOKEN", "tokenService.KeyStoreLocation"),
                                 ("only-instance.pem", "CROSS", "KeyStoreLocation"),
                                 ("saml-trust/active", "SAML", "Authentication")})
        missing = {(l["name"], l["destination"], l["kind"]) for l, _ in
                   metrics.series("btp_destination_certificate_missing")}
        self.assertEqual(missing, {("A.pem", "CASE", "destination"), ("gone.p12", "frag", "fragment")})
        self.assertEqual(metrics.labels(HEADLINE, "destination", name="a.pem"), ["MTLS", "TOKEN"])
        self.assertEqual(metrics.value("btp_destinations", level="subaccount", kind="destination"), 7)
        # while a list fails, the findings pause and the references stay
        sim.faults({"endpoint": "fragments", "level": "subaccount", "status": 500})
        paused = exporter.refresh(seconds=60)
        self.assertEqual(paused.labels("btp_destination_certificate_missing", "name"), ["A.pem"])
        sim.faults({"endpoint": "certificate_names", "level": "instance", "status": 500})
        paused = exporter.refresh(seconds=60)
        self.assertEqual(paused.series("btp_destination_certificate_missing"), [])
        self.assertEqual(paused.series("btp_certificate_reference"), metrics.series("btp_certificate_reference"))

    def test_saml_active_and_passive(self):
        for literal in (False, True):
            document = scenario(saml={"active": str(self.first), "passive": str(self.second)},
                                service={"saml_literal_newlines": literal})
            _, exporter = self.service(document)
            rows = exporter.metrics().series(HEADLINE, type="saml_trust")
            self.assertEqual({(l["level"], l["name"]): value for l, value in rows},
                             {("subaccount", "saml-trust/active"): self.end_of(self.first),
                              ("subaccount", "saml-trust/passive"): self.end_of(self.second)})
            self.doCleanups()
            self.setUp()

    def test_saml_that_cannot_be_read_is_a_state(self):
        sim, exporter = self.service(scenario(saml={"active": str(self.first), "passive": str(self.second)}))
        name = lambda metrics: {n: s for n, s in states(metrics).items() if n.startswith("saml-trust/")}
        self.assertEqual(set(name(exporter.metrics()).values()), {"ok"})
        sim.faults({"endpoint": "saml_active", "status": 500}, {"endpoint": "saml_passive", "status": 403})
        metrics = exporter.refresh(seconds=60)
        self.assertEqual(name(metrics), {"saml-trust/active": "unavailable", "saml-trust/passive": "forbidden"})
        self.assertEqual(len(metrics.series(HEADLINE, type="saml_trust")), 2, "their older entries stay")

    def test_saml_needed_but_not_there(self):
        document = scenario({"destinations": [{"Name": "SAML", "Type": "HTTP", "Authentication": "SAMLAssertion"}]})
        _, exporter = self.service(document)
        metrics = exporter.metrics()
        self.assertEqual(metrics.labels("btp_destination_certificate_missing", "name"), ["saml-trust/active"])
        self.assertEqual(metrics.value("btp_source_up"), 1)

    def test_filters_leave_out_references_too(self):
        document = self.two()
        document["tenants"][0]["subaccount"]["destinations"].append(
            {"Name": "X", "Type": "HTTP", "KeyStoreLocation": "second-gone.pem"})
        _, exporter = self.service(document, settings={"exclude": ["second*"]})
        metrics = exporter.metrics()
        self.assertEqual(states(metrics), {"first.pem": "ok"})
        self.assertEqual(metrics.series("btp_destination_certificate_missing"), [])

    def test_labels(self):
        document = self.two()
        document["tenants"][0]["subaccount"]["certificates"][0]["labels"] = [
            {"key": "env", "values": ["prod", "eu \"1\""]}]
        sim, exporter = self.service(document, settings={"labels": True})
        found = {(l["key"], l["value"]) for l, _ in exporter.metrics().series("btp_certificate_label_info")}
        self.assertEqual(found, {("env", "prod"), ("env", "eu \"1\"")})
        sim.faults({"endpoint": "certificate_labels", "status": 500})
        self.assertEqual(len(exporter.refresh(seconds=60).series("btp_certificate_label_info")), 2, "the older ones stay")
        sim.faults({"endpoint": "certificate_labels", "status": 404})
        self.assertEqual(exporter.refresh().value("btp_source_up"), 1)


class Stores(Case):
    """Every store of the tests, judged by openssl and keytool through the manifest."""

    def document(self, wanted=None, protected=True):
        certificates = []
        for store in manifest()["stores"]:
            if wanted and not wanted(store):
                continue
            item = entry(store["file"], stores() / store["file"])
            if not protected and store["entries"] and store["format"] in ("pkcs12", "jks", "jceks"):
                item["public_keys"] = [{"alias": e["alias"], "file": str(stores() / e["chain_file"])}
                                       for e in store["entries"] if e.get("chain_file")]
            certificates.append(item)
        return scenario({"certificates": certificates})

    def passwords(self):
        result = []
        for store in manifest()["stores"]:
            if store.get("password"):
                file = self.write(f"passwords/{store['file']}", store["password"])
                result.append({"name": store["file"].replace("[", "\\["), "password_file": str(file)})
        return result

    def rows(self, metrics, name):
        found = {}
        for labels, _ in metrics.series(INFO, name=name, level="subaccount"):
            key = (labels["entry"], int(labels["position"]))
            end = metrics.series(HEADLINE, name=name, entry=labels["entry"], position=labels["position"],
                                 level="subaccount")
            start = metrics.series("btp_certificate_not_before_timestamp_seconds", name=name,
                                   entry=labels["entry"], position=labels["position"], level="subaccount")
            found[key] = {
                "subject": labels["subject"], "issuer": labels["issuer"], "serial": labels["serial_number"],
                "sha256": labels["fingerprint_sha256"], "role": labels["role"],
                "public_key": labels["public_key"], "signature_algorithm": labels["signature_algorithm"],
                "not_before": int(start[0][1]) if start else None, "not_after": int(end[0][1]) if end else None}
        return found

    def expected(self, store):
        wanted = {}
        for item in store["entries"]:
            for certificate in item["certificates"]:
                if "subject" in certificate:
                    wanted[(item["alias"], certificate["position"])] = {
                        key: label(certificate[key]) for key in
                        ("subject", "issuer", "serial", "sha256", "role", "public_key", "signature_algorithm",
                         "not_before", "not_after")}
        return wanted

    def test_entries_and_facts_equal_what_keytool_and_openssl_say(self):
        _, exporter = self.service(self.document(), settings={"keystore_passwords": self.passwords()})
        metrics = exporter.metrics()
        self.assertGreaterEqual(len(manifest()["stores"]), 35)
        state = states(metrics, level="subaccount")
        for store in manifest()["stores"]:
            with self.subTest(store=store["file"], remark=store.get("remark")):
                if store["state"] is not None:  # else both answers are right
                    self.assertEqual(state[store["file"]], store["state"])
                    self.assertEqual(self.rows(metrics, store["file"]), self.expected(store))

    def test_without_passwords(self):
        _, exporter = self.service(self.document())
        state = states(exporter.metrics(), level="subaccount")
        for store in manifest()["stores"]:
            with self.subTest(store=store["file"]):
                if store["state_without_password"] is not None:
                    self.assertEqual(state[store["file"]], store["state_without_password"])

    def test_protected_keystores_report(self):
        sim, exporter = self.service(self.document(), settings={"protected_keystores": "report"})
        metrics = exporter.metrics()
        self.assertEqual(sim.requests(endpoint="certificate"), [])
        self.assertEqual(states(metrics)["partner-mtls.p12"], "locked")
        before = metrics.value("btp_source_errors_total", stage="decode", reason="locked")
        after = exporter.refresh().value("btp_source_errors_total", stage="decode", reason="locked")
        self.assertEqual(before, after, "a state, counted once for each change")

    def test_same_stores_three_ways(self):
        """public keys, whole lists, protected with password: the same series, but for `format`."""
        readable = lambda store: store["state"] == "ok" and store["entries"] and not any(
            "subject" not in c for e in store["entries"] for c in e["certificates"])
        seen = {}
        for way, protected in (("public", False), ("protected", True), ("full", True)):
            settings = {"keystore_passwords": self.passwords()} if protected else {}
            if way == "full":
                settings["collection"] = "full"
            _, exporter = self.service(self.document(readable, protected), settings=settings)
            metrics = exporter.metrics()
            rows = set()
            for family in (HEADLINE, INFO, STATE, "btp_certificate_renewal_due_timestamp_seconds",
                           "btp_certificate_not_before_timestamp_seconds",
                           "btp_certificate_store_earliest_expiry_timestamp_seconds", "btp_certificate_status"):
                for labels, value in metrics.series(family, level="subaccount"):
                    rows.add((family, tuple(sorted((k, v) for k, v in labels.items() if k != "format")), value))
            seen[way] = rows
            self.doCleanups()
            self.setUp()
        self.assertGreater(len(seen["full"]), 100)
        self.assertEqual(seen["full"] ^ seen["protected"], set())
        self.assertEqual(seen["full"] ^ seen["public"], set())

    def test_locked_store_opens_when_its_password_comes(self):
        password = self.write("password.txt", "wrong")
        wanted = lambda store: store["file"] == "partner-mtls.p12"
        real = next(s["password"] for s in manifest()["stores"] if wanted(s))
        _, exporter = self.service(self.document(wanted), settings={
            "keystore_passwords": [{"name": "*.p12", "password_file": str(password)}]})
        self.assertEqual(states(exporter.metrics())["partner-mtls.p12"], "locked")
        password.write_text(real)
        self.assertEqual(states(exporter.refresh())["partner-mtls.p12"], "ok")

    def test_passwords_of_destinations(self):
        wanted = lambda store: store["file"] == "partner-mtls.p12"
        document = self.document(wanted)
        real = next(s["password"] for s in manifest()["stores"] if wanted(s))
        document["tenants"][0]["subaccount"]["destinations"] = [
            {"Name": "P", "Type": "HTTP", "KeyStoreLocation": "partner-mtls.p12", "KeyStorePassword": real}]
        for setting, state in ((False, "locked"), (True, "ok")):
            _, exporter = self.service(document, settings={"use_destination_passwords": setting})
            self.assertEqual(states(exporter.metrics())["partner-mtls.p12"], state)
            self.doCleanups()
            self.setUp()

    def test_odd_answers(self):
        first = make_certificate(self.folder, "odd")
        garbage = self.write("garbage", os.urandom(100))
        document = scenario({"certificates": [
            entry("base64.pem", first, style="base64"), entry("literal.pem", first, style="literal"),
            entry("lf.pem", first, style="lf"), {"name": "empty.pem", "empty": True},
            entry("100% möglich/it's (new).pem", first), entry("garbage.pem", garbage)]})
        _, exporter = self.service(document)
        metrics = exporter.metrics()
        found = states(metrics)
        for name in ("base64.pem", "literal.pem", "lf.pem", "100% möglich/it's (new).pem"):
            self.assertEqual(found[name], "ok", name)
            self.assertEqual(len(metrics.series(HEADLINE, name=name)), 1)
        self.assertEqual(found["empty.pem"], "empty")
        self.assertEqual(found["garbage.pem"], "unparsable")


if __name__ == "__main__":
    unittest.main()
