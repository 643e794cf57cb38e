#!/usr/bin/python3
"""The Alertmanager example of deploy/alertmanager in a real Alertmanager: who gets what, what is together, what is muted."""
import contextlib
import email
import email.policy
import re
import subprocess
import unittest

import alerting
from alerting import Alertmanager, Mailbox, Webhook, tool
from harness import Case, wait_for

RULES = alerting.RULES.read_text()
CONFIG = alerting.ALERTMANAGER.read_text()
ALERTS = alerting.alerts_of(RULES)
BY_SEVERITY = {"critical": "page", "warning": "team", "info": "digest"}
# the severities of each alert: somebody decided who gets it
SEVERITIES = {
    "BtpCertificateExpired": "critical info",
    "BtpCertificateExpiring": "critical warning info",
    "BtpCertificateExpiringInManyPlaces": "critical warning",
    "BtpCertificateRenewalOverdue": "critical warning info",
    "BtpTrustedCertificateExpiring": "warning info",
    "BtpSamlCertificateExpiring": "critical warning info",
    "BtpSamlCertificateNotActivated": "warning",
    "BtpStoreUnreadable": "warning info",
    "BtpDestinationCertificateMissing": "warning",
    "BtpCertificateNotYetValid": "warning",
    "BtpCertificateEndUnknown": "warning",
    "BtpCloudConnectorCertificateRefreshByHand": "critical warning",
    "BtpCloudConnectorAutoRenewalFailed": "critical warning",
    "BtpCloudConnectorUiCertificateNotActive": "warning",
    "BtpCloudConnectorTunnelFailed": "critical",
    "BtpSourceDown": "critical warning",
    "BtpSourceNeverTried": "warning",
    "BtpSourceStale": "critical",
    "BtpInventoryShrunk": "warning",
    "BtpSourceTlsVerificationDisabled": "warning",
    "BtpExporterCredentialExpiring": "critical warning",
    "BtpExporterAbsent": "critical",
    "BtpExporterDown": "critical",
    "BtpExporterReloadFailed": "warning",
}
# muted by BtpCertificateExpired for the same certificate
ABOUT_TO_END = ("BtpCertificateExpiring", "BtpCertificateRenewalOverdue", "BtpSamlCertificateExpiring",
                "BtpExporterCredentialExpiring", "BtpCloudConnectorCertificateRefreshByHand",
                "BtpCloudConnectorAutoRenewalFailed")


class Configuration(Case):
    def receiver(self, **labels):
        result = subprocess.run([tool("amtool"), "config", "routes", "test", f"--config.file={alerting.ALERTMANAGER}",
                                 *[f"{name}={value}" for name, value in labels.items()]],
                                text=True, capture_output=True, check=True)
        return result.stdout.strip()

    def test_amtool_and_promtool(self):
        for command in (["amtool", "check-config", alerting.ALERTMANAGER],
                        ["promtool", "check", "config", alerting.PROMETHEUS]):
            result = subprocess.run([tool(command[0]), *command[1:]], text=True, capture_output=True)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_who_gets_which_alert(self):
        self.assertEqual(ALERTS, {name: set(severities.split()) for name, severities in SEVERITIES.items()},
                         "the table above says of each alert which severities it has")
        for name, severities in ALERTS.items():
            for severity in severities:
                with self.subTest(alert=name, severity=severity):
                    self.assertEqual(self.receiver(alertname=name, severity=severity, system_id="PRD"),
                                     BY_SEVERITY[severity])

    def test_development_systems(self):
        critical = {"alertname": "BtpCertificateExpired", "severity": "critical"}
        self.assertEqual(self.receiver(**critical), "page")
        self.assertEqual(self.receiver(**critical, system_id="DEV"), "team")
        self.assertEqual(self.receiver(**{**critical, "severity": "info"}, system_id="DEV"), "digest")

    def test_others(self):
        self.assertEqual(self.receiver(alertname="NodeDown", severity="critical"), "team")

    def test_the_digest_is_not_missed(self):
        # a group is looked at once in an interval: at least twice in the two hours on Monday
        digest = CONFIG[CONFIG.index("receiver: digest"):CONFIG.index("time_intervals:")]
        self.assertEqual(re.search(r"group_interval: (\d+)m", digest).group(1), "30")
        self.assertEqual(re.search(r"repeat_interval: (\d+)d", digest).group(1), "5", "--data.retention is 120h")


def alert(ident, name, severity=None, /, **labels):
    """As a rule makes it; `ident` says which one it is."""
    severity = severity or SEVERITIES[name].split()[0]
    labels = {"alertname": name, "severity": severity, "job": "btp_cert_exporter", "id": ident, **labels}
    return {"labels": {k: v for k, v in labels.items() if v}, "annotations": {
        "summary": f"summary of {ident}", "description": f"description of {ident}",
        "runbook_url": f"https://runbooks.example/{name}"}}


def certificate(subject, /, **labels):
    """The labels of an alert about a certificate: all of them hold `subject`, so two of them agree in none."""
    return {"source": f"{subject}-source", "level": f"{subject}-level", "name": f"{subject}.pem", "entry": subject,
            "position": "0", "type": "certificate", "role": "leaf", "system_id": "PRD", "subject": f"CN={subject}",
            "issuer": "CN=CA", "serial_number": f"5e{subject}", "fingerprint_sha256": f"f1{subject}", **labels}


class Cases:
    """Situations, each with what is sent and what is muted; the certificates of one are not those of another."""

    def __init__(self):
        self.posted = []
        self.sent = set()
        self.groups = []  # sets of ids that are one notification

    def add(self, *alerts, sent=False):
        self.posted += alerts
        if sent:
            self.sent |= {each["labels"]["id"] for each in alerts}

    def mutes(self, source, target, *labels, sent=True):
        """`source` mutes `target`, and no longer when one of these labels is another. Has `source` been added already?"""
        if sent:
            self.add(source, sent=True)
        self.add(target)
        for label in labels:
            ident = f"{target['labels']['id']}-but-{label}"
            other = {**target["labels"], "id": ident, label: ident}
            self.add({**target, "labels": other}, sent=True)

    def ended(self):
        for name in ABOUT_TO_END:
            labels = certificate(f"ended-{name}")
            self.mutes(alert(f"ended-{name}", "BtpCertificateExpired", **labels),
                       alert(f"ended-{name}-critical", name, "critical", **labels),
                       "cluster", "job", "source", "level", "name", "entry", "position")
            self.add(alert(f"ended-{name}-warning", name, "warning", **labels))
        # nobody uses it
        unused = certificate("unused")
        self.mutes(alert("unused", "BtpCertificateExpired", "info", **unused),
                   alert("unused-expiring", "BtpCertificateExpiring", "info", **unused))
        self.add(alert("unused-critical", "BtpCertificateExpiring", "critical", **unused), sent=True)

    def severities(self):
        for name, severities in SEVERITIES.items():
            severities = severities.split()
            if name == "BtpExporterAbsent":  # mutes what is about other things, see exporters()
                continue
            labels = certificate(f"severities-{name}")
            self.add(alert(f"severities-{name}", name, severities[0], **labels), sent=True)
            for severity in severities[1:]:
                self.add(alert(f"severities-{name}-{severity}", name, severity, **labels))
        # certificate A critical, B warning: B differs in one label only
        for high, low in (("critical", "warning"), ("critical", "info"), ("warning", "info")):
            labels = certificate(f"{high}-{low}")
            self.mutes(alert(f"high-{high}-{low}", "BtpCertificateExpiring", high, **labels),
                       alert(f"low-{high}-{low}", "BtpCertificateExpiring", low, **labels),
                       "cluster", "job", "instance", "source", "level", "name", "entry", "position",
                       "fingerprint_sha256", "serial_number")
            self.add(alert(f"another-{high}-{low}", "BtpCertificateRenewalOverdue", low, **labels), sent=True)
            self.add(*[alert(f"foreign-{high}-{low}-{each}", "NodeDown", each, node=f"{high}-{low}")
                       for each in (high, low)], sent=True)

    def many_places(self):
        labels = {"fingerprint_sha256": "many", "serial_number": "2", "subject": "CN=many"}
        many = alert("many", "BtpCertificateExpiringInManyPlaces", "critical", job="", **labels)
        self.mutes(many, alert("many-too", "BtpCertificateExpiringInManyPlaces", "warning", job="", **labels))
        for i in range(3):
            place = certificate(f"place-{i}", **labels)
            for severity in ("critical", "warning", "info"):
                self.add(alert(f"place-{i}-{severity}", "BtpCertificateExpiring", severity, **place))
        self.mutes(many, alert("place", "BtpCertificateExpiring", "critical", **certificate("place", **labels)),
                   "cluster", "fingerprint_sha256", sent=False)
        self.add(alert("place-of-another-job", "BtpCertificateExpiring", "critical",
                       **certificate("place", **labels, job="another")))
        # it mutes what is as severe, not what is more so
        labels = {"fingerprint_sha256": "later", "serial_number": "3", "subject": "CN=later"}
        self.mutes(alert("later", "BtpCertificateExpiringInManyPlaces", "warning", job="", **labels),
                   alert("later-info", "BtpCertificateExpiring", "info", **certificate("later-1", **labels)),
                   "cluster", "fingerprint_sha256")
        self.add(alert("later-critical", "BtpCertificateExpiring", "critical",
                       **certificate("later-2", **labels)), sent=True)
        for many in ("many", "later"):
            self.add(alert(f"{many}-otherwise", "BtpCertificateNotYetValid", "warning",
                           **certificate(f"{many}-otherwise", fingerprint_sha256=many)), sent=True)
        # no fingerprint is not an equal fingerprint
        for severity in ("critical", "warning"):
            self.add(alert(f"odd-{severity}", "BtpCertificateExpiringInManyPlaces", severity, subject=severity,
                           serial_number=severity, job=""), sent=True)
        self.add(alert("odd-expired", "BtpCertificateExpired", "critical",
                       **certificate("odd-expired", fingerprint_sha256="")), sent=True)
        for severity in ("critical", "warning", "info"):
            self.add(alert(f"odd-{severity}-place", "BtpCertificateExpiring", severity,
                           **certificate(f"odd-{severity}", fingerprint_sha256="")), sent=True)

    def ended_in_many_places(self):
        labels = {"fingerprint_sha256": "over", "serial_number": "4", "subject": "CN=over"}
        for i in range(3):
            place = certificate(f"over-{i}", **labels)
            self.add(alert(f"over-{i}", "BtpCertificateExpired", "critical", **place), sent=True)
            self.add(alert(f"over-{i}-expiring", "BtpCertificateExpiring", "critical", **place))
        self.groups.append({"over-0", "over-1", "over-2"})
        expired = alert("over-0", "BtpCertificateExpired")
        self.mutes(expired, alert("over", "BtpCertificateExpiringInManyPlaces", "critical", job="", **labels),
                   "cluster", "fingerprint_sha256", sent=False)
        self.add(alert("over-warning", "BtpCertificateExpiringInManyPlaces", "warning", job="", **labels))
        # where nobody uses it, it has expired, too
        self.add(alert("over-unused", "BtpCertificateExpired", "info", **certificate("over-3", fingerprint_sha256="rare")),
                 sent=True)
        self.add(alert("over-rare", "BtpCertificateExpiringInManyPlaces", "critical", job="", fingerprint_sha256="rare"), sent=True)

    def sources(self):
        for cause in ("BtpSourceDown", "BtpSourceStale"):
            source = {"source": f"of-{cause}", "system_id": "PRD"}
            because = alert(cause, cause, **source)
            self.add(because, sent=True)
            for name, labels in (("BtpInventoryShrunk", {"level": "subaccount"}), ("BtpSourceNeverTried", {}),
                                 ("BtpStoreUnreadable", {"level": "subaccount", "name": "x", "state": "unavailable"})):
                for severity in SEVERITIES[name].split():
                    self.mutes(because, alert(f"{cause}-{name}-{severity}", name, severity, **source, **labels),
                               "cluster", "job", "source", sent=False)
            self.add(alert(f"{cause}-locked", "BtpStoreUnreadable", **source, level="subaccount", name="y",
                           state="locked"), sent=True)
            for name in ("BtpCertificateExpiring", "BtpCertificateExpired", "BtpExporterCredentialExpiring"):
                self.add(alert(f"{cause}-{name}", name, **certificate(f"{cause}-{name}", **source)), sent=True)
        self.mutes(alert("stale", "BtpSourceStale", source="both"), alert("down", "BtpSourceDown", source="both"),
                   "cluster", "job", "source")

    def exporters(self):
        # a server of its own: elsewhere it would be right to mute these sources
        server = {"cluster": "without-exporter"}
        self.add(alert("absent", "BtpExporterAbsent", job="", **server), sent=True)
        for name in ("BtpExporterDown", "BtpSourceDown", "BtpSourceStale", "BtpSourceNeverTried"):
            self.add(alert(f"absent-{name}", name, **server, source=f"absent-{name}"))
        self.add(alert("absent-expired", "BtpCertificateExpired", **server, **certificate("absent-expired")), sent=True)
        # of two exporters, one may be right about the source
        self.add(alert("half", "BtpExporterDown", job="half", instance="a"), sent=True)
        self.add(alert("half-stale", "BtpSourceStale", job="half", source="half"), sent=True)

    def together(self):
        shared = {"fingerprint_sha256": "shared", "serial_number": "7"}
        for i in range(3):
            self.add(alert(f"shared-{i}", "BtpCertificateExpired", **certificate(f"shared-{i}", **shared)), sent=True)
        self.groups.append({"shared-0", "shared-1", "shared-2"})
        # same names, same serial number, another certificate
        other = certificate("shared-0", **{**shared, "fingerprint_sha256": "not shared", "name": "other.pem"})
        self.add(alert("not-shared", "BtpCertificateExpired", **other), sent=True)
        self.groups.append({"not-shared"})
        # Cloud Connectors give no fingerprint
        for i in range(2):
            labels = certificate(f"connector-{i}", fingerprint_sha256="", serial_number="8")
            self.add(alert(f"connector-{i}", "BtpCertificateExpired", **labels), sent=True)
        self.groups.append({"connector-0", "connector-1"})
        labels = certificate("connector-2", fingerprint_sha256="", serial_number="9")
        self.add(alert("connector-2", "BtpCertificateExpired", **labels), sent=True)
        self.groups.append({"connector-2"})


class Notifications(Case):
    def alertmanager(self, config):
        server = Alertmanager(config, self.folder / "alertmanager")
        self.addCleanup(self.stopped_well, server)
        return server

    def test_what_is_sent_and_what_is_muted(self):
        webhook = Webhook()
        self.addCleanup(webhook.stop)
        server = self.alertmanager(alerting.to_webhook(alerting.impatient(CONFIG), webhook.url))
        cases = Cases()
        for situation in (cases.ended, cases.severities, cases.many_places, cases.ended_in_many_places,
                          cases.sources, cases.exporters, cases.together):
            situation()
        posted = [each["labels"]["id"] for each in cases.posted]
        self.assertEqual(len(posted), len(set(posted)))
        server.post(cases.posted)
        arrived = lambda: {each["labels"]["id"]: note for note, each in webhook.alerts("firing")}
        with contextlib.suppress(AssertionError):  # the next line reports more
            wait_for(lambda: len(set(arrived())) >= len(cases.sent), 30)
        self.assertEqual(set(arrived()), cases.sent)
        # what comes later has waited as long: what did not come before it does not come
        server.post([alert(f"last-{severity}", "BtpLast", severity, source=severity) for severity in BY_SEVERITY])
        wait_for(lambda: {f"last-{severity}" for severity in BY_SEVERITY} <= set(arrived()), 60, "the last ones")
        notes = arrived()
        self.assertEqual({each for each in notes if not each.startswith("last-")}, cases.sent)
        states = {labels["id"]: state for labels, state in server.state()}
        self.assertEqual({ident for ident in posted if states[ident] == "suppressed"}, set(posted) - cases.sent)
        for note, each in webhook.alerts("firing"):
            foreign = each["labels"]["alertname"] == "NodeDown"
            expected = "team" if foreign else BY_SEVERITY[each["labels"]["severity"]]
            self.assertEqual(note["receiver"], expected, each["labels"])
        for group in cases.groups:
            with self.subTest(group=group):
                found = [{each["labels"]["id"] for each in note["alerts"]} for note in webhook.notifications]
                self.assertEqual([ids for ids in found if ids & group], [group])

    def test_mail(self):
        mailbox = Mailbox()
        self.addCleanup(mailbox.stop)
        config = alerting.replaced(r"smtp_smarthost: .*", f"smtp_smarthost: {mailbox.address}\n  smtp_require_tls: false",
                                   alerting.impatient(CONFIG))
        server = self.alertmanager(config)
        labels = {"fingerprint_sha256": "shared", "subject": "CN=shared"}
        two = [alert(f"mail-{i}", "BtpCertificateExpiring", "warning", **certificate(f"mail-{i}", **labels,
                                                                                     serial_number="1"))
               for i in range(2)]
        info = alert("digest-ä", "BtpStoreUnreadable", "info", **certificate("digest"))
        server.post([*two, info])

        def texts():
            parsed = [email.message_from_string(text, policy=email.policy.default) for _, text in mailbox.mails]
            return {str(mail["Subject"]): mail.get_body().get_content().replace("\r", "") for mail in parsed}
        wait_for(lambda: len(texts()) >= 2, 60, "two mails")
        self.assertEqual({recipient for recipient, _ in mailbox.mails}, {"btp-operations@example.com"})
        both, digest = "[WARNING] 2 × BtpCertificateExpiring: CN=shared", "[INFO] summary of digest-ä"
        self.assertEqual(set(texts()), {both, digest})
        for i in range(2):
            self.assertIn(f"* summary of mail-{i}\n  description of mail-{i}\n  since 20", texts()[both])
        self.assertEqual(texts()[both].count("What to do: https://runbooks.example/BtpCertificateExpiring\n"), 1)
        self.assertNotIn("No longer", texts()[both])
        server.post([{**each, "endsAt": "2020-01-01T00:00:00Z"} for each in two])
        over = "[RESOLVED] 2 × BtpCertificateExpiring: CN=shared"
        wait_for(lambda: over in texts(), 60, "the mail that it is over")
        self.assertRegex(texts()[over], r"No longer:\n\* summary of mail-0\n(.*\n)+.* until 20")


if __name__ == "__main__":
    unittest.main()
