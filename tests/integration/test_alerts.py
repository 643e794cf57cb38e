#!/usr/bin/python3
"""
The whole chain, each part of it real: simulators, the exporter, Prometheus with the shipped rules, Alertmanager with the
shipped configuration, a webhook. A landscape is healthy, then something happens for each alert that the rules know, and
the notification arrives; then it is put right, and the notification that it is over arrives.

Only waits differ from what is shipped: rules are evaluated every second, `for` is 2 s, the rules' bridge over a restart 30 s instead of 15 min, a source is
stale after 0.3 of its poll interval instead of 2.5 (the exporter's own scheduler runs 30 times as fast, which the poll
interval that it exports does not show), and Alertmanager waits 2 s. Dates of certificates are real ones.
"""
import json
import re
import shutil
import signal
import time
import unittest

import alerting
import connector
import harness
from alerting import Alertmanager, Prometheus, Webhook, replaced
from harness import CANARY, Case, Simulator, run, stamp, wait_for

DAY = 86400
SPEED = 30  # a poll interval of 60 s is 2 s
BRIDGE = "30s"
RIGHT = f"{CANARY}-right"
RUNBOOKS = "https://runbook-url-is-not-set.invalid/docs/alerts.md#"
SUBACCOUNT = f"subaccount/{connector.REGION}/"


def rules():
    """The shipped rules, in a hurry."""
    text = replaced(r"^( +for:) \S+$", r"\1 2s", alerting.RULES.read_text())
    text = replaced(r"^( +interval:) \S+$", r"\1 1s", text)
    text = replaced(r"\[15m\]", f"[{BRIDGE}]", text)
    return replaced(r"^( +)2\.5 \* max", r"\g<1>0.3 * max", text)


class Authority:
    """Issues certificates with dates as wanted, all for one key."""

    def __init__(self, folder):
        self.folder, self.issued = folder, 0
        folder.mkdir()
        (folder / "index.txt").touch()
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index.txt\nnew_certs_dir={folder}\nrand_serial=yes\n"
            "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n"
            "[leaf]\nbasicConstraints=CA:FALSE\n[root]\nbasicConstraints=critical,CA:TRUE\n"
            "[req]\ndistinguished_name=dn\nx509_extensions=root\n[dn]\n")
        self.key = folder / "key.pem"
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key)
        self.ca = folder / "ca.pem"
        run("openssl", "req", "-x509", "-new", "-config", folder / "ca.cnf", "-key", self.key, "-subj", "/CN=Acme CA",
            "-days", "3650", "-out", self.ca)

    def issue(self, name, left, life=365 * DAY, root=False):
        """Makes a certificate that expires in `left` seconds. Returns the PEM file."""
        self.issued += 1
        out, csr = self.folder / f"{name}-{self.issued}.pem", self.folder / "request.pem"
        end = int(time.time() + left)
        run("openssl", "req", "-new", "-key", self.key, "-subj", f"/CN={name}", "-config", self.folder / "ca.cnf",
            "-out", csr)
        run("openssl", "ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-keyfile", self.key, "-in", csr,
            "-startdate", stamp(end - life), "-enddate", stamp(end), "-out", out, "-extensions",
            "root" if root else "leaf", *(["-selfsign"] if root else ["-cert", self.ca]))
        return out

    def keystore(self, name, left, password):
        out = self.folder / f"{name}-{self.issued}.p12"
        run("openssl", "pkcs12", "-export", "-inkey", self.key, "-in", self.issue(name, left), "-name", name,
            "-passout", f"pass:{password}", "-out", out)
        return out


class Landscape:
    """What the simulators serve and the exporter is configured with: healthy, until something is changed."""

    def __init__(self, case):
        self.folder = case.folder
        self.authority = Authority(case.folder / "authority")
        issue, keystore = self.authority.issue, self.authority.keystore
        healthy = issue("healthy", 300 * DAY)
        # enters its last thirty days while everything runs
        self.shared = issue("shared", 30 * DAY + 30)
        self.stores = {"shop.pem": healthy, "erp.pem": healthy, "gen-mail.pem": healthy, "future.pem": healthy,
                       "hr.pem": healthy, "forgotten.pem": healthy, "shared.pem": self.shared,
                       "roots.pem": issue("roots", 300 * DAY, root=True), "gone.pem": healthy,
                       "partner.p12": keystore("partner", 300 * DAY, RIGHT),
                       "legacy.jks": keystore("legacy", 300 * DAY, RIGHT)}
        self.saml = {"active": issue("saml", 300 * DAY)}
        self.faults = []
        self.subaccounts = {"production": {"days": 300, "auto_renewal": True}, "integration": {"days": 200},
                            "test": {"days": 200, "auto_renewal": True}, "archive": {"days": 200}}
        self.connector_more = {}
        self.sources = {}
        self.app = case.folder / "app"
        self.app.mkdir()
        for name in ("shared", "one", "two", "three", "four", "five"):
            shutil.copy(self.shared if name == "shared" else healthy, self.app / f"{name}.pem")

    # ---- the Destination service: tenants acme (with two instances), beta, gamma, delta

    def service(self):
        http = lambda name, store, key="KeyStoreLocation", way="ClientCertificateAuthentication": {
            "Name": name, "Type": "HTTP", "URL": "https://example.com", "ProxyType": "Internet",
            "Authentication": way, key: store,
            "Password": f"{CANARY}-password", "KeyStorePassword": f"{CANARY}-keystore"}
        destinations = [http("SHOP", "shop.pem"), http("ERP", "erp.pem"), http("MAIL", "gen-mail.pem"),
                        http("FUTURE", "future.pem"), http("HR", "hr.pem"), http("BANK", "shared.pem"),
                        http("PARTNER", "partner.p12"), http("LEGACY", "legacy.jks"), http("ERP_TEST", "erp.pem"),
                        http("SUPPLIER", "roots.pem", "TrustStoreLocation", "NoAuthentication"), http("GONE", "gone.pem"),
                        http("SUCCESSFACTORS", "www.successfactors.com", "audience", "OAuth2SAMLBearerAssertion")]
        store = lambda name, file: {"name": name, **({"random": 200} if file is None else {"file": str(file)})}
        few = [{"name": "quiet.pem", "file": str(self.stores["hr.pem"])}]
        document = harness.scenario(subaccount={"certificates": [store(*each) for each in self.stores.items()],
                                                "destinations": destinations},
                                    instance={"certificates": few}, faults=self.faults,
                                    saml={kind: str(file) for kind, file in self.saml.items()})
        document["clients"][1]["instance_id"] = "2222"
        acme = document["tenants"][0]
        acme["instances"]["2222"] = {"certificates": [store("bank.pem", self.shared)], "fragments": [],
                                     "destinations": [http("BANK_INSTANCE", "bank.pem")]}
        document["tenants"] += [{"subdomain": name, "zid": f"zone-{name}", "subaccountid": f"subaccount-{name}",
                                 "subaccount": {"certificates": few}} for name in ("beta", "gamma", "delta")]
        return document

    def connector(self):
        entries = []
        for name, more in self.subaccounts.items():
            more = dict(more)
            entries.append(connector.subaccount(name, more.pop("days"), **more))
        trusted = {"subject": "CN=edi.partner.example", "issuer": "CN=Partner CA", "not_before": "-100d",
                   "not_after": "+265d"}
        return connector.scenario(*entries, **{"trust_store": {"certificates": [trusted]}, **self.connector_more})

    def start(self, case):
        keys = self.folder / "keys"
        shutil.copytree(harness.pki(), keys)
        shutil.copy(self.authority.ca, keys / "client-ca.pem")
        self.simulator = Simulator(self.service(), self.folder, keys=keys)
        case.addCleanup(case.stopped_well, self.simulator)
        self.cloud_connector = connector.Connector(self.connector(), self.folder)
        case.addCleanup(case.stopped_well, self.cloud_connector)
        sim, ca = self.simulator, keys / "ca.pem"
        case.write("secret.json", sim.key())
        self.binding(300 * DAY)
        for tenant in ("beta", "gamma", "delta"):
            host = f"https://{tenant}.authentication.localhost:{sim.ports['token']}"
            case.write(f"{tenant}.json", sim.key(url=host, identityzone=tenant, instanceid="3333"))
        case.write("right.txt", RIGHT)
        source = lambda name, key, **settings: harness.source_yaml(
            self.folder / key, ca, name, **{"poll_interval": "60s", **settings})
        passwords = [{"name": "*", "password_file": str(self.folder / "right.txt")}]
        self.sources = {
            "prod": source("prod", "secret.json", system_id="PRD", auto_renewed=["gen-*"], keystore_passwords=passwords),
            "integration": source("integration", "binding.json", system_id="INT", levels=["instance"]),
            "quality": source("quality", "beta.json", system_id="QAS", levels=["subaccount"]),
            "archive": source("archive", "gamma.json", system_id="ARC", levels=["subaccount"], poll_interval="10m"),
            "files": "  - id: files\n    kind: directory\n    system_id: DEV\n    poll_interval: 60s\n"
                     f'    paths: ["{self.app}/*.pem"]\n',
            "scc": connector.source_yaml(self.cloud_connector, system_id="PRD", poll_interval="60s")}
        self.late = source("late", "delta.json", system_id="NEW", levels=["subaccount"], timeout="20s")

    def config(self, **changes):
        return "workers: 8\nsources:\n" + "".join({**self.sources, **changes}.values())

    def binding(self, left):
        """The service key with an X.509 certificate."""
        key = self.simulator.x509_key(instanceid="2222", certificate=self.authority.issue("binding", left).read_text(),
                                      key=self.authority.key.read_text())
        (self.folder / "binding.new").write_text(json.dumps(key))
        (self.folder / "binding.new").rename(self.folder / "binding.json")

    def publish(self):
        self.simulator.change(self.service())
        self.cloud_connector.change(self.connector())

    # ---- what happens to it

    def spoil(self):
        issue, keystore = self.authority.issue, self.authority.keystore
        self.before = dict(self.stores)
        self.stores |= {"shop.pem": issue("shop", 5 * DAY + 60), "erp.pem": issue("erp", -2 * DAY),
                        "gen-mail.pem": issue("mail", 20 * DAY), "future.pem": issue("future", 370 * DAY),
                        "forgotten.pem": issue("forgotten", -90 * DAY), "roots.pem": issue("roots", 12 * DAY, root=True),
                        "partner.p12": keystore("partner", 300 * DAY, "another"), "legacy.jks": None}
        del self.stores["gone.pem"]
        self.saml = {"active": issue("saml-old", 20 * DAY), "passive": issue("saml-new", 357 * DAY)}
        self.faults = [{"endpoint": "certificate_public_keys", "name": "hr.pem", "status": 500, "text": f"{CANARY}-echo"},
                       {"endpoint": "certificate_names", "tenant": "beta", "status": 403},
                       {"endpoint": "certificate_names", "tenant": "gamma", "status": 500},
                       {"endpoint": "token", "tenant": "delta", "kind": "hang"}]
        self.subaccounts["integration"]["days"] = 5
        self.subaccounts["test"]["days"] = 33
        self.subaccounts["production"]["tunnel"] = {"state": "ConnectFailure"}
        unknown = connector.subaccount("archive", 200)["certificate"]
        self.subaccounts["archive"]["certificate"] = {k: v for k, v in unknown.items() if k != "not_after"}
        trusted = {"subject": "CN=edi.partner.example", "issuer": "CN=Partner CA", "not_before": "-353d",
                   "not_after": "+12d"}
        self.connector_more = {"trust_store": {"certificates": [trusted]},
                               "ui_certificate": {"file": str(issue("new-ui", 360 * DAY))}}
        self.publish()
        self.binding(5 * DAY + 60)
        shutil.copy(self.stores["erp.pem"], self.app / "one.pem")
        for name in ("two", "three", "four", "five"):
            (self.app / f"{name}.pem").unlink()

    def spoiled_config(self):
        careless = connector.source_yaml(self.cloud_connector, ca=False, insecure_skip_verify=True, system_id="PRD",
                                         poll_interval="60s")
        return self.config(scc=careless, late=self.late)

    def repair(self):
        healthy = self.before["shop.pem"]
        self.stores = {**self.before, "shared.pem": healthy}
        self.shared = healthy
        self.saml = {"active": self.saml["passive"]}
        self.faults = []
        self.subaccounts = {"production": {"days": 300, "auto_renewal": True}, "integration": {"days": 365},
                            "test": {"days": 365, "auto_renewal": True}, "archive": {"days": 200}}
        self.connector_more = {}
        self.publish()
        self.binding(300 * DAY)
        for name in ("shared", "one", "two", "three", "four", "five"):
            shutil.copy(healthy, self.app / f"{name}.pem")


class Expected:
    """A notification: who gets it, about what, and what its text says."""

    def __init__(self, receiver, alert, severity, texts, /, **labels):
        self.receiver, self.texts = receiver, texts
        self.labels = {"alertname": alert, "severity": severity, **labels}


DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


def expected(app):
    """What has to arrive after Landscape.spoil()."""
    prod = {"source": "prod", "system_id": "PRD", "level": "subaccount"}
    scc = {"source": "scc", "system_id": "PRD", "level": "connector"}
    return [
        Expected("page", "BtpCertificateExpiring", "critical", ["shop.pem", DATE, r"Used by: SHOP\."],
                 name="shop.pem", **prod),
        Expected("page", "BtpCertificateExpired", "critical", ["erp.pem", DATE, r"Used by: ERP, ERP_TEST\."],
                 name="erp.pem", **prod),
        Expected("digest", "BtpCertificateExpired", "info", ["forgotten.pem", "No destination"],
                 name="forgotten.pem", **prod),
        Expected("team", "BtpCertificateExpired", "critical", ["one.pem", "system DEV"],
                 name=f"{app}/one.pem", source="files", system_id="DEV"),
        Expected("team", "BtpCertificateRenewalOverdue", "warning", ["gen-mail.pem", DATE, r"Used by: MAIL\."],
                 name="gen-mail.pem", **prod),
        Expected("team", "BtpTrustedCertificateExpiring", "warning", ["roots.pem", DATE, r"Used by: SUPPLIER\."],
                 name="roots.pem", **prod),
        Expected("team", "BtpTrustedCertificateExpiring", "warning", ["backend_trust/", "CN=edi.partner.example"],
                 type="backend_trust", **scc),
        Expected("team", "BtpSamlCertificateExpiring", "warning", ["SAML", DATE, r"Used by: SUCCESSFACTORS\."],
                 name="saml-trust/active", **prod),
        Expected("team", "BtpSamlCertificateNotActivated", "warning", ["SAML", DATE, r"Used by: SUCCESSFACTORS\."],
                 name="saml-trust/passive", **prod),
        Expected("team", "BtpStoreUnreadable", "warning", ["partner.p12", r"PARTNER"],
                 name="partner.p12", state="locked", **prod),
        Expected("team", "BtpStoreUnreadable", "warning", ["legacy.jks", r"LEGACY"],
                 name="legacy.jks", state="unparsable", **prod),
        Expected("team", "BtpStoreUnreadable", "warning", ["hr.pem", r"HR"], name="hr.pem", state="unavailable", **prod),
        Expected("team", "BtpDestinationCertificateMissing", "warning", ["gone.pem", "GONE"], name="gone.pem",
                 destination="GONE", source="prod", system_id="PRD"),
        Expected("team", "BtpCertificateNotYetValid", "warning", ["future.pem", r"FUTURE"], name="future.pem", **prod),
        Expected("team", "BtpCertificateEndUnknown", "warning", [], name=SUBACCOUNT + "archive", **scc),
        Expected("page", "BtpCloudConnectorCertificateRefreshByHand", "critical", ["integration", "Integration", DATE],
                 name=SUBACCOUNT + "integration", **scc),
        Expected("team", "BtpCloudConnectorAutoRenewalFailed", "warning", ["test at", r"\(Test\)", DATE],
                 name=SUBACCOUNT + "test", **scc),
        Expected("team", "BtpCloudConnectorUiCertificateNotActive", "warning", ["CN=new-ui", DATE], name="ui", **scc),
        Expected("page", "BtpCloudConnectorTunnelFailed", "critical", ["production", DATE], subaccount="production",
                 source="scc", system_id="PRD"),
        Expected("team", "BtpSourceDown", "warning", ["subaccount", "http_5xx"], source="archive", system_id="ARC"),
        Expected("page", "BtpSourceStale", "critical", [DATE], source="quality", system_id="QAS"),
        Expected("team", "BtpSourceNeverTried", "warning", [], source="late", system_id="NEW"),
        Expected("team", "BtpInventoryShrunk", "warning", ["2 certificates", r"were 6\."], source="files",
                 system_id="DEV", level="directory"),
        Expected("team", "BtpSourceTlsVerificationDisabled", "warning", ["insecure_skip_verify"], source="scc",
                 system_id="PRD"),
        Expected("page", "BtpExporterCredentialExpiring", "critical", [DATE, "service key"], source="integration",
                 system_id="INT", level="binding"),
        Expected("team", "BtpCertificateExpiringInManyPlaces", "warning",
                 [re.escape(f"{app}/shared.pem (directory of files, system DEV); bank.pem (instance of integration, system INT); "
                            "shared.pem (subaccount of prod, system PRD)"), DATE, r"Used by: BANK, BANK_INSTANCE\."],
                 subject="CN=shared"),
    ]


# fires, and is muted by another alert
MUTED = [
    {"alertname": "BtpCertificateExpiring", "severity": "warning", "name": "shop.pem"},
    {"alertname": "BtpCertificateExpiring", "severity": "critical", "name": "erp.pem"},
    {"alertname": "BtpCertificateExpiring", "severity": "warning", "name": "erp.pem"},
    {"alertname": "BtpCertificateExpiring", "severity": "info", "name": "forgotten.pem"},
    {"alertname": "BtpCertificateExpiring", "severity": "warning", "source": "prod", "subject": "CN=shared"},
    {"alertname": "BtpCertificateExpiring", "severity": "warning", "source": "integration", "subject": "CN=shared"},
    {"alertname": "BtpCertificateExpiring", "severity": "warning", "source": "files", "subject": "CN=shared"},
    {"alertname": "BtpCloudConnectorCertificateRefreshByHand", "severity": "warning"},
    {"alertname": "BtpExporterCredentialExpiring", "severity": "warning"},
    {"alertname": "BtpSourceDown", "severity": "warning", "source": "quality"},
]
ABOUT_EXPORTERS = {"BtpExporterAbsent", "BtpExporterDown", "BtpExporterReloadFailed"}


class Chain(Case):
    def start(self):
        self.webhook = Webhook()
        self.addCleanup(self.webhook.stop)
        config = alerting.to_webhook(alerting.impatient(alerting.ALERTMANAGER.read_text()), self.webhook.url)
        self.alertmanager = Alertmanager(config, self.folder / "alertmanager")
        self.addCleanup(self.alertmanager.stop)
        self.landscape = Landscape(self)
        self.landscape.start(self)
        self.port, self.other_port = alerting.lasting_port(), alerting.lasting_port()
        self.instance = f'instance="127.0.0.1:{self.port}"'
        self.start_exporter(self.landscape.config())
        self.addCleanup(lambda: self.stopped_well(self.exporter))
        self.start_other()
        self.addCleanup(lambda: self.stopped_well(self.other))
        config = alerting.PROMETHEUS.read_text()
        for pattern, replacement in ((r"(scrape|evaluation)_interval: .*", r"\1_interval: 1s"),
                                     (r"scrape_timeout: .*", "scrape_timeout: 1s"), (r"- \S+rules.yml", "- rules.yml"),
                                     (r"localhost:9093", f"127.0.0.1:{self.alertmanager.port}"),
                                     (r"localhost:9936", f'"127.0.0.1:{self.port}", "127.0.0.1:{self.other_port}"')):
            config = replaced(pattern, replacement, config)
        self.write("rules.yml", rules())
        self.prometheus = Prometheus(config, self.folder)
        self.addCleanup(self.prometheus.stop)

    def start_exporter(self, config):
        self.exporter = harness.Exporter(config, self.folder, speed=SPEED, port=self.port)

    def start_other(self):
        """A second exporter at the same time, with a source of its own."""
        folder = self.folder / "other"
        folder.mkdir(exist_ok=True)
        config = ("sources:\n  - id: other\n    kind: directory\n    poll_interval: 10m\n"
                  f"    paths: [{harness.pki()}/server.pem]\n")
        self.other = harness.Exporter(config, folder, speed=SPEED, port=self.other_port)

    def reconfigure(self, config):
        self.exporter.config.write_text(config)
        self.exporter.signal(signal.SIGHUP)

    def number(self, expression):
        result = self.prometheus.query(expression)
        return float(result[0]["value"][1]) if result else None

    def evaluations(self, count):
        """Waits until Prometheus has looked at the exporter and evaluated all rules that many times more."""
        last = lambda: [group["lastEvaluation"] for group in
                        self.prometheus.call("GET", "/api/v1/rules")["data"]["groups"]]
        for _ in range(count):
            scrape = f"timestamp(up{{{self.instance}}})"
            before, scraped = last(), self.number(scrape)
            wait_for(lambda: self.number(scrape) != scraped, 30, "a scrape")
            wait_for(lambda: all(a != b for a, b in zip(last(), before)), 30, "an evaluation")

    def wait_all(self, wanted, found, what, seconds=90):
        """Until each of `wanted` is found; the failure says which were not."""
        try:
            wait_for(lambda: all(found(each) for each in wanted), seconds)
        except AssertionError:
            missing = [each.labels if isinstance(each, Expected) else each for each in wanted if not found(each)]
            firing = [alert["labels"] for alert in self.prometheus.alerts()]
            self.fail(f"{what}: " + "".join(f"\n  {each}" for each in missing) + "\nPrometheus has:" +
                      "".join(f"\n  {each}" for each in firing))

    def notified(self, wanted):
        """The notifications arrive, at the right receiver, and say what somebody has to know."""
        self.wait_all(wanted, lambda each: self.webhook.alerts("firing", **each.labels), "no notification")
        for each in wanted:
            with self.subTest(**each.labels):
                notification, alert = self.webhook.alerts("firing", **each.labels)[-1]
                self.assertEqual(notification["receiver"], each.receiver)
                annotations = alert["annotations"]
                self.assertEqual(annotations["runbook_url"], RUNBOOKS + each.labels["alertname"].lower())
                for text in [each.labels.get("source", "."), each.labels.get("system_id", "."), *each.texts]:
                    self.assertRegex(annotations["summary"] + " " + annotations["description"], text)

    def over(self, wanted):
        self.wait_all(wanted, lambda each: self.webhook.alerts("resolved", **each.labels), "never over")
        for each in wanted:
            self.assertEqual({note["receiver"] for note, _ in self.webhook.alerts("resolved", **each.labels)},
                             {each.receiver})

    def since(self):
        """{what fires: since when}, without alerts about the exporter itself."""
        return {tuple(sorted(alert["labels"].items())): alert["activeAt"] for alert in self.prometheus.alerts()
                if alert["state"] == "firing" and alert["labels"]["alertname"] not in ABOUT_EXPORTERS}

    def test_from_the_cause_to_the_notification_and_back(self):
        self.start()
        self.healthy()
        self.landscape.spoil()
        self.reconfigure(self.landscape.spoiled_config())
        self.exporter.signal(signal.SIGUSR1)
        wanted = expected(self.landscape.app)
        self.notified(wanted)
        self.muted()
        self.one_notification_for_three_places()
        self.restart()
        proven = wanted + self.about_one_exporter()
        self.repaired(proven)
        proven += self.exporters_away()
        self.assertNotIn(CANARY, json.dumps(self.webhook.notifications), "no secret of the landscape is notified")
        self.assertEqual({each.labels["alertname"] for each in proven}, set(alerting.alerts_of(rules())),
                         "each alert of the rules has its cause here")

    def healthy(self):
        self.exporter.ready()
        wait_for(lambda: self.number('sum(up{job="btp_cert_exporter"})') == 2, 60, "the targets are up")
        self.evaluations(3)
        self.assertGreater(self.number("count(certificate:btp_certificate_expiry_timestamp_seconds:newest)"), 25)
        alerts = [alert["labels"] for alert in self.prometheus.alerts() if alert["labels"].get("subject") != "CN=shared"]
        self.assertEqual(alerts, [], "all is well")
        groups = self.prometheus.call("GET", "/api/v1/rules")["data"]["groups"]
        self.assertEqual([rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")], [])

    def muted(self):
        states = lambda each: [state for _, state in self.alertmanager.state(**each)]
        self.wait_all(MUTED, lambda each: states(each) == ["suppressed"], "not muted")
        for each in MUTED[:-1]:  # that the source was down was said before it was stale
            self.assertEqual(self.webhook.alerts("firing", **each), [], each)

    def one_notification_for_three_places(self):
        found = [[alert["labels"]["alertname"] for alert in note["alerts"]] for note in self.webhook.notifications
                 if any(alert["labels"].get("subject") == "CN=shared" for alert in note["alerts"])]
        self.assertEqual(found, [["BtpCertificateExpiringInManyPlaces"]])

    def restart(self):
        """The exporter is killed and comes back: nothing is over in between, nothing begins anew."""
        # what spoil() replaced by something that expires sooner would stand in for it
        wait_for(lambda: self.number(f"count(last_over_time(btp_certificate_info[{BRIDGE}])) - count(btp_certificate_info)")
                 == 0, 60, "certificates of before are forgotten")
        before = self.since()
        resolved = len(self.webhook.alerts("resolved"))
        self.exporter.signal(signal.SIGKILL)
        self.assertEqual(self.exporter.stop(), -signal.SIGKILL)
        since = f"process_start_time_seconds{{{self.instance}}}"
        started = self.number(since)
        wait_for(lambda: self.number(f"up{{{self.instance}}}") == 0, 30, "Prometheus sees that it is away")
        self.start_exporter(self.landscape.spoiled_config())
        wait_for(lambda: self.number(since) not in (None, started), 30, "it is back")
        wait_for(lambda: self.exporter.refreshes("prod") > 0, 30, "it has read its sources")
        self.evaluations(4)
        after = self.since()
        self.assertEqual({alert: (since, after.get(alert)) for alert, since in before.items() if after.get(alert) != since},
                         {}, "began anew")
        broken = {"alertname": "BtpStoreUnreadable", "name": "legacy.jks"}
        self.assertEqual([state for _, state in self.alertmanager.state(**broken)], ["active"])
        found = self.webhook.alerts("resolved")[resolved:]
        self.assertEqual([alert["labels"] for _, alert in found if alert["labels"]["alertname"] not in ABOUT_EXPORTERS], [])

    def about_one_exporter(self):
        """One exporter refuses its configuration, the other one is away."""
        self.reconfigure(self.landscape.spoiled_config() + "tpyo: 1\n")
        self.assertEqual(self.other.stop(), 0)
        wanted = [Expected("team", "BtpExporterReloadFailed", "warning", ["config.check"]),
                  Expected("page", "BtpExporterDown", "critical", [str(self.other_port)],
                           instance=f"127.0.0.1:{self.other_port}")]
        self.notified(wanted)
        return wanted

    def repaired(self, proven):
        self.start_other()
        self.landscape.repair()
        self.reconfigure(self.landscape.config(late=self.landscape.late))
        self.exporter.signal(signal.SIGUSR1)
        self.over(proven)
        wait_for(lambda: self.since() == {}, 60, "all is well again")

    def exporters_away(self):
        self.assertEqual([self.exporter.stop(), self.other.stop()], [0, 0])
        # it may have been down for a moment before
        begin = len(self.webhook.notifications)
        wanted = [Expected("page", "BtpExporterAbsent", "critical", ["No certificate"])]
        self.wait_all(wanted, lambda each: self.recent(begin, "firing", each), "no notification")
        self.notified(wanted)
        # both are down, which this says already
        down = {"alertname": "BtpExporterDown", "instance": f"127.0.0.1:{self.port}"}
        self.wait_all([down], lambda each: [s for _, s in self.alertmanager.state(**each)] == ["suppressed"], "not muted")
        begin = len(self.webhook.notifications)
        self.start_exporter(self.landscape.config())
        self.start_other()
        self.wait_all(wanted, lambda each: self.recent(begin, "resolved", each), "never over")
        return wanted

    def recent(self, begin, status, wanted):
        late = self.webhook.notifications[begin:]
        return [note for note, _ in self.webhook.alerts(status, **wanted.labels) if note in late]


if __name__ == "__main__":
    unittest.main()
