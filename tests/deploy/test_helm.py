#!/usr/bin/python3
"""
The Helm chart: what it makes of a table of values, what it refuses, and whether all that it makes fits together; and the
plain manifests beside it.

Needs helm (the tests are skipped without it: 77) and the variable EXPORTER (the built program, which judges flags and
configuration). `render` beside this file writes all that is rendered here into a file, for the check of types.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "helm" / "btp-cert-exporter"
KUBERNETES = ROOT / "deploy" / "kubernetes"
TOOLS = ROOT / "build" / "tools" / "helm"  # tests/deploy/fetch-helm puts them there
HELM = shutil.which("helm", path=f"{TOOLS}:{os.environ['PATH']}")
KUBECTL = shutil.which("kubectl", path=f"{TOOLS}:{os.environ['PATH']}")
EXPORTER = os.environ.get("EXPORTER", "")

BINDING = {"bindings": [{"name": "prod", "secretName": "destination-prod"}]}
KEY = {"clientid": "sb-made-up", "clientsecret": "made-up", "uri": "https://destination.example", "url": "https://t.example"}
DIRECTORY = {"sources": [{"id": "local", "kind": "directory", "paths": ["/certificates/*.pem"]}]}
CONFIG = {"config": DIRECTORY}
ALL_MONITORING = {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}, "dashboards": {"enabled": True}}

# name: values. Everything below holds for each of them.
GOOD = {
    "binding": BINDING,
    "two bindings, servicebinding.io": {
        "bindings": [{"name": "prod", "secretName": "a"}, {"name": "test", "secretName": "b"}],
        "bindingLayout": "servicebinding.io"},
    "key as a value": {"bindings": [{"name": "prod", "key": KEY}]},
    "configuration": CONFIG,
    "existing ConfigMap": {"existingConfigMap": {"name": "mine", "key": "btp.yml"}},
    "secret files as values": {**CONFIG, "secretFiles": {"values": {"partner.txt": "changeit"}}},
    "existing secret files": {**CONFIG, "secretFiles": {"existingSecret": "mine"}},
    "TLS and passwords": {**BINDING, "web": {"config": {"basic_auth_users": {"prometheus": "$2y$10$abc"}}},
                          "serviceMonitor": {"enabled": True, "basicAuth": {
                              "username": {"name": "s", "key": "user"}, "password": {"name": "s", "key": "password"}}}},
    "existing web configuration": {**BINDING, "web": {"existingSecret": "mine", "enableLifecycle": True},
                                   "serviceMonitor": {"enabled": True, "scheme": "https", "tlsConfig": {
                                       "ca": {"secret": {"name": "ca", "key": "ca.crt"}}, "serverName": "exporter"}}},
    "two replicas": {**BINDING, "replicaCount": 2},
    "three shards of two": {**BINDING, "shards": 3, "replicaCount": 2},
    "monitoring": {**BINDING, **ALL_MONITORING, "commonLabels": {"team": "btp"}},
    "monitoring with labels": {
        **BINDING, "serviceMonitor": {"enabled": True, "labels": {"release": "kps"}, "interval": "30s", "relabelings": [
            {"action": "replace", "targetLabel": "cluster", "replacement": "eu10"}]},
        "prometheusRule": {"enabled": True, "labels": {"release": "kps"}},
        "dashboards": {"enabled": True, "label": "my_dashboard", "annotations": {"grafana_folder": "SAP"}}},
    "state in a claim": {**BINDING, "state": {"existingClaim": "mine"}},
    "no state": {**BINDING, "state": {"enabled": False}},
    "everything else": {
        **BINDING, "image": {"repository": "r.example/x", "digest": "sha256:" + "a" * 64, "pullPolicy": "Always"},
        "imagePullSecrets": [{"name": "pull"}], "nameOverride": "exporter", "podLabels": {"a": "b"},
        "podAnnotations": {"c": "d"}, "nodeSelector": {"kubernetes.io/arch": "arm64"}, "priorityClassName": "low",
        "tolerations": [{"operator": "Exists"}], "extraArgs": ["--web.max-requests=10"],
        "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"}],
        "extraVolumes": [{"name": "certificates", "secret": {"secretName": "x"}}],
        "extraVolumeMounts": [{"name": "certificates", "mountPath": "/certificates", "readOnly": True}],
        "networkPolicy": {"from": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
                          "egressPorts": [443], "extraEgress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
        "web": {"telemetryPath": "/all", "port": 9000, "healthPort": 9001}, "serviceAccount": {"create": False},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]},
    "OpenShift": {**BINDING, "podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}},
    "no policies": {**BINDING, "networkPolicy": {"enabled": False}, "podDisruptionBudget": {"enabled": False},
                    "replicaCount": 2},
}

# name: (values, what the message has)
REFUSED = {
    "unknown value": ({**BINDING, "replicas": 2}, "replicas"),
    "unknown value below": ({**BINDING, "serviceMonitor": {"enable": True}}, "enable"),
    "unknown value of a binding": ({"bindings": [{"name": "a", "secret": "x"}]}, "secret"),
    "unknown value of the configuration": ({"config": {**DIRECTORY, "source": []}}, "source"),
    "wrong type": ({**BINDING, "replicaCount": "two"}, "replicaCount"),
    "no number": ({**BINDING, "shards": 0}, "shards"),
    "port": ({**BINDING, "web": {"port": 99999}}, "port"),
    "name of a binding": ({"bindings": [{"name": "Prod_1", "secretName": "x"}]}, "name"),
    "digest": ({**BINDING, "image": {"digest": "sha256:abc"}}, "digest"),
    "layout": ({**BINDING, "bindingLayout": "other"}, "bindingLayout"),
    "root": ({**BINDING, "podSecurityContext": {"runAsUser": 0}}, "runAsUser"),
    "may be root": ({**BINDING, "podSecurityContext": {"runAsNonRoot": False}}, "runAsNonRoot"),
    "key without an address": ({"bindings": [{"name": "a", "key": {"clientid": "x"}}]}, "uri"),
    "key and Secret": ({"bindings": [{"name": "a", "key": KEY, "secretName": "x"}]}, "not both"),
    "neither key nor Secret": ({"bindings": [{"name": "a"}]}, "is needed"),
    "two configurations": ({**CONFIG, "existingConfigMap": {"name": "x"}}, "not both"),
    "two sets of secret files": ({**CONFIG, "secretFiles": {"existingSecret": "x", "values": {"a": "b"}}}, "not both"),
    "two web configurations": ({**BINDING, "web": {"existingSecret": "x", "config": {"rate_limit": {}}}}, "not both"),
    "no source": ({}, "needs a source"),
}


def helm(command, values, *more):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(values, file)
        file.flush()
        arguments = ["x"] if command == "template" else []
        return subprocess.run([HELM, command, *arguments, str(CHART), "--values", file.name, *more],
                              text=True, capture_output=True)


def render(values):
    result = helm("template", values)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return [d for d in yaml.safe_load_all(result.stdout) if d]


def kind(documents, name):
    return [d for d in documents if d["kind"] == name]


def flags_of_the_program():
    text = subprocess.run([EXPORTER, "--help"], text=True, capture_output=True, check=True).stdout.replace("--[no-]", "--")
    return {word.split("=")[0].split("[")[0].rstrip(",") for word in text.split() if word.startswith("--")}


@unittest.skipUnless(HELM, "helm is missing")
class Chart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rendered = {name: render(values) for name, values in GOOD.items()}

    def pods(self):
        for name, documents in self.rendered.items():
            for deployment in kind(documents, "Deployment"):
                yield name, documents, deployment, deployment["spec"]["template"]

    def test_lint(self):
        for name, values in GOOD.items():
            result = helm("lint", values, "--strict")
            self.assertEqual(result.returncode, 0, f"{name}: {result.stdout}{result.stderr}")

    def test_refused(self):
        for name, (values, text) in REFUSED.items():
            result = helm("template", values)
            self.assertNotEqual(result.returncode, 0, name)
            self.assertIn(text, result.stderr, name)

    def test_every_value_has_a_type(self):
        """values.yaml and the schema name the same values."""
        def compare(values, schema, path):
            properties = schema.get("properties")
            if properties is None or not isinstance(values, dict):
                return
            self.assertFalse(schema.get("additionalProperties", True), path)
            self.assertEqual(set(values) - set(properties), set(), path)
            for key, value in values.items():
                compare(value, properties[key], f"{path}.{key}")
        schema = json.loads((CHART / "values.schema.json").read_text())
        values = yaml.safe_load((CHART / "values.yaml").read_text())
        compare(values, schema, "values")
        self.assertEqual(set(schema["properties"]) - set(values), {"global"})

    def test_restricted(self):
        """Each rule of the pod security standard "restricted", and a read-only root."""
        for name, _, _, template in self.pods():
            spec = template["spec"]
            with self.subTest(name):
                self.assertFalse(spec.get("hostNetwork") or spec.get("hostPID") or spec.get("hostIPC"))
                self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
                self.assertNotEqual(spec["securityContext"].get("runAsUser"), 0)
                self.assertEqual(spec["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
                self.assertIs(spec["automountServiceAccountToken"], False)
                for container in spec["containers"]:
                    security = container["securityContext"]
                    self.assertIs(security["allowPrivilegeEscalation"], False)
                    self.assertIs(security["readOnlyRootFilesystem"], True)
                    self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
                    self.assertNotIn("privileged", security)
                for volume in spec.get("volumes", []):
                    self.assertLessEqual(set(volume) - {"name"}, {"configMap", "secret", "emptyDir", "persistentVolumeClaim"})

    def test_parts_fit_together(self):
        for name, documents, deployment, template in self.pods():
            with self.subTest(name):
                spec = template["spec"]
                container = spec["containers"][0]
                labels = template["metadata"]["labels"].items()
                self.assertLessEqual(deployment["spec"]["selector"]["matchLabels"].items(), labels)
                service = kind(documents, "Service")[0]
                self.assertLessEqual(service["spec"]["selector"].items(), labels)
                ports = {p["name"]: p["containerPort"] for p in container["ports"]}
                self.assertEqual([p["targetPort"] for p in service["spec"]["ports"]], ["http-metrics"])
                for probe in "livenessProbe", "readinessProbe":
                    self.assertEqual(container[probe]["httpGet"]["port"], "http-health")
                self.assertIn(f"--web.listen-address=:{ports['http-metrics']}", container["args"])
                self.assertIn(f"--web.health-listen-address=:{ports['http-health']}", container["args"])
                for monitor in kind(documents, "ServiceMonitor"):
                    self.assertLessEqual(monitor["spec"]["selector"]["matchLabels"].items(), service["metadata"]["labels"].items())
                    self.assertIn(monitor["spec"]["jobLabel"], service["metadata"]["labels"])
                    self.assertEqual(monitor["spec"]["endpoints"][0]["port"], service["spec"]["ports"][0]["name"])
                for policy in kind(documents, "NetworkPolicy"):
                    self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), labels)
                accounts = {a["metadata"]["name"] for a in kind(documents, "ServiceAccount")} | {"default"}
                self.assertIn(spec["serviceAccountName"], accounts)
                self.assertEqual(len({v["name"] for v in spec.get("volumes", [])}), len(spec.get("volumes", [])))
                self.assertEqual({m["name"] for m in container.get("volumeMounts", [])}, {v["name"] for v in spec.get("volumes", [])})
                paths = [m["mountPath"] for m in container.get("volumeMounts", [])]
                for a in paths:  # one inside another would need a folder in a read-only one
                    self.assertFalse([b for b in paths if b.startswith(a + "/")], paths)

    def test_names_are_unique(self):
        for name, documents in self.rendered.items():
            names = [(d["kind"], d["metadata"]["name"]) for d in documents]
            self.assertEqual(len(names), len(set(names)), name)
            for _, text in names:
                self.assertLessEqual(len(text), 63, name)

    def test_what_is_mounted_is_made_or_named(self):
        named = {"destination-prod", "a", "b", "mine", "x"}
        for name, documents, _, template in self.pods():
            made = {(d["kind"], d["metadata"]["name"]) for d in documents}
            for volume in template["spec"].get("volumes", []):
                secret = volume.get("secret", {}).get("secretName")
                config = volume.get("configMap", {}).get("name")
                self.assertTrue(secret is None or secret in named or ("Secret", secret) in made, (name, secret))
                self.assertTrue(config is None or config in named or ("ConfigMap", config) in made, (name, config))

    def test_shards(self):
        deployments = kind(self.rendered["three shards of two"], "Deployment")
        arguments = [[a for a in d["spec"]["template"]["spec"]["containers"][0]["args"] if a.startswith("--shard")]
                     for d in deployments]
        self.assertEqual(arguments, [["--shard=1/3"], ["--shard=2/3"], ["--shard=3/3"]])
        selectors = [json.dumps(d["spec"]["selector"], sort_keys=True) for d in deployments]
        self.assertEqual(len(set(selectors)), 3)
        self.assertEqual(len(kind(self.rendered["three shards of two"], "PodDisruptionBudget")), 3)
        self.assertEqual(kind(self.rendered["binding"], "PodDisruptionBudget"), [])
        self.assertEqual(len(kind(self.rendered["two replicas"], "PodDisruptionBudget")), 1)
        self.assertEqual(kind(self.rendered["no policies"], "PodDisruptionBudget"), [])

    def test_new_configuration_new_pod(self):
        def annotation(values):
            template = kind(render(values), "Deployment")[0]["spec"]["template"]
            return template["metadata"]["annotations"]["checksum/config"]
        changed = {"config": {"sources": [{**DIRECTORY["sources"][0], "id": "other"}]}}
        self.assertNotEqual(annotation(CONFIG), annotation(changed))
        self.assertEqual(annotation(CONFIG), annotation({**CONFIG, "replicaCount": 3}))

    def test_flags_and_configuration(self):
        """The program knows each flag, and the file in the ConfigMap is one."""
        known = flags_of_the_program()
        for name, _, _, template in self.pods():
            for argument in template["spec"]["containers"][0]["args"]:
                self.assertIn(argument.split("=")[0], known, name)
        text = kind(self.rendered["configuration"], "ConfigMap")[0]["data"]["exporter.yml"]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(text)
            file.flush()
            result = subprocess.run([EXPORTER, f"--config.file={file.name}", "--config.check"], text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_rules_and_dashboards(self):
        documents = self.rendered["monitoring"]
        rules = yaml.safe_load((ROOT / "alerts" / "btp_cert_exporter.rules.yml").read_text())
        self.assertEqual(kind(documents, "PrometheusRule")[0]["spec"], rules)
        files = {"btp-" + p.name: json.loads(p.read_text()) for p in (ROOT / "dashboards").glob("*.json")}
        found = {key: json.loads(text) for d in kind(documents, "ConfigMap") for key, text in d["data"].items()}
        self.assertEqual(found, files)
        for d in kind(documents, "ConfigMap"):
            self.assertEqual(d["metadata"]["labels"]["grafana_dashboard"], "1")
            self.assertLess(len(json.dumps(d)), 262144)  # what kubectl apply can remember

    def test_version(self):
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        first = subprocess.run([EXPORTER, "--version"], text=True, capture_output=True, check=True).stdout.splitlines()[0]
        self.assertIn(f"version {chart['appVersion']} ", first)


class Manifests(unittest.TestCase):
    """deploy/kubernetes: deploy/helm/generate --check says whether they are what the chart makes."""
    # what the operator's reference lists, as far as it is used here
    INSTANCE = {"serviceOfferingName", "servicePlanName", "externalName", "parameters"}
    BINDING = {"serviceInstanceName", "externalName", "secretName", "secretKey", "secretRootKey", "parameters",
               "credentialsRotationPolicy"}

    def documents(self, name):
        return [d for d in yaml.safe_load_all((KUBERNETES / name).read_text()) if d]

    def test_kustomization(self):
        kustomization, = self.documents("kustomization.yaml")
        files = {p.name for p in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml", "values.yaml"}
        self.assertEqual(set(kustomization["resources"]), files)
        self.assertEqual(files, {"btp-cert-exporter.yaml", "monitoring.yaml", "dashboards.yaml", "destination-binding.yaml"})

    @unittest.skipUnless(KUBECTL, "kubectl is missing")
    def test_kubectl(self):
        result = subprocess.run([KUBECTL, "kustomize", KUBERNETES], text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        expected = sum(len(self.documents(p)) for p in self.documents("kustomization.yaml")[0]["resources"])
        self.assertEqual(len(list(yaml.safe_load_all(result.stdout))), expected)

    def test_binding(self):
        """The operator's Secret is the one that the exporter mounts."""
        instance, binding = self.documents("destination-binding.yaml")
        self.assertEqual([d["apiVersion"] for d in (instance, binding)], ["services.cloud.sap.com/v1"] * 2)
        self.assertEqual([d["kind"] for d in (instance, binding)], ["ServiceInstance", "ServiceBinding"])
        self.assertEqual(set(instance["spec"]) - self.INSTANCE, set())
        self.assertEqual(set(binding["spec"]) - self.BINDING, set())
        self.assertEqual((instance["spec"]["serviceOfferingName"], instance["spec"]["servicePlanName"]), ("destination", "lite"))
        self.assertEqual(binding["spec"]["serviceInstanceName"], instance["metadata"]["name"])
        pod = kind(self.documents("btp-cert-exporter.yaml"), "Deployment")[0]["spec"]["template"]["spec"]
        self.assertIn(binding["spec"]["secretName"], [v.get("secret", {}).get("secretName") for v in pod["volumes"]])


if __name__ == "__main__":
    if HELM is None:
        print("helm is missing (tests/deploy/fetch-helm build/tools/helm)")
        good = unittest.main(argv=[sys.argv[0], "Manifests"], exit=False).result.wasSuccessful()
        sys.exit(77 if good else 1)
    unittest.main()
