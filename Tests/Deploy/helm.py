# SPDX-License-Identifier: Apache-2.0
"""The Helm chart, rendered by Helm itself, beside what kustomize makes: part of `make deploy-check`."""

import hashlib
import os
import re
import subprocess
import tarfile
import tempfile
import unittest

import helm_python as helm
import kubernetes_validate
import yaml

from chart_schema import VALUES, schema_of_values
from check import (KUBERNETES, PROGRAMS, ROOT, VERSIONS, needs, run, text, time_of_a_stop,
                   version)

CHART = f"{ROOT}/deploy/helm"
# Helm must not find a cluster.
os.environ["KUBECONFIG"] = os.devnull
PRODUCTION = text("deploy/helm/values-production.yaml")

# Values that together reach every branch of the templates; each by itself is a release.
RELEASES = {
    "defaults": "",
    "production": PRODUCTION,
    "https with tokens": """
        tls: {secret: logs-tls}
        tokens: |
          # name digest streams
          shop sha256:%s shop
        secrets: [{name: clients, mountPath: /etc/cordwood-clients}]
        config: {tls: {client_auth: optional, client_ca: /etc/cordwood-clients/ca.crt}}
        service: {type: LoadBalancer, port: 443, annotations: {example.org/zone: a}}
    """ % hashlib.sha256(b"secret").hexdigest(),
    "everything else": """
        fullnameOverride: ingest
        image: {repository: registry.example/cordwood, tag: 0.2.0-1, pullPolicy: Always,
                pullSecrets: [{name: registry}]}
        replicas: 3
        config: {limits: {body_bytes: 16777216}, files: {mode: "0640"}, rotation: {at_time: 03:30},
                 proxies: {trusted: [10.0.0.0/8], header: x-forwarded-for}}
        persistence: {size: 1Ti, storageClass: fast}
        networkPolicy: {enabled: false}
        ingress: {enabled: true, className: nginx, hosts: ["*.example.org"],
                  annotations: {example.org/limit: "1"}, tls: [{secretName: wildcard}]}
        serviceMonitor: {enabled: true, labels: {release: prometheus},
                         authorization: {credentials: {name: observer, key: secret}}}
        podAnnotations: {example.org/team: logs}
        nodeSelector: {disk: ssd}
        tolerations: [{key: logs, operator: Exists}]
        affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
          {topologyKey: kubernetes.io/hostname, labelSelector: {
            matchLabels: {app.kubernetes.io/name: cordwood}}}]}}
    """,
    "a claim that exists": "persistence: {existingClaim: logs}",
}

# The wrong value, and what Helm says about it.
MISTAKES = [
    ("replica: 3", "additional properties 'replica' not allowed"),
    ("replicas: two", "at '/replicas': got string, want integer"),
    ("image: {tag: 0.2}", "at '/image/tag': got number, want string"),
    ("service: {port: 65536}", "at '/service/port': maximum: got 65,536, want 65,535"),
    ("config: {workerss: 3}", "at '/config': additional properties 'workerss' not allowed"),
    ("config: {workers: 1000}", "at '/config/workers': maximum: got 1,000, want 512"),
    # Helm reads 0640 as 416.
    ("config: {files: {mode: 0640}}", "at '/config/files/mode': got number, want string"),
    ("ingress: {enabled: true}", "at '/ingress/hosts': minItems: got 0, want 1"),
    # Kubernetes takes no peers at all for all peers.
    ("networkPolicy: {from: []}", "at '/networkPolicy/from': minItems: got 0, want 1"),
    ("{replicas: 2, persistence: {existingClaim: logs}}",
     "persistence.existingClaim is for one pod"),
    ("{autoscaling: {enabled: true}, persistence: {existingClaim: logs}}",
     "persistence.existingClaim is for one pod"),
    ("secrets: [{name: tokens, mountPath: /etc/cordwood/tokens}]",
     "/etc/cordwood/tokens is in a directory of Cordwood's own"),
]

INSTANCE = "app.kubernetes.io/instance"
LABELS = "metadata/labels"
# The differences from kustomize that Helm needs: object, path, what the chart says, and why.
DIFFERENCES = [
    (".*", f"{LABELS}/app.kubernetes.io/managed-by", "Helm", "Helm's standard labels"),
    (".*", f"{LABELS}/helm.sh/chart", f"cordwood-{version()}", "Helm's standard labels"),
    (".*", f"{LABELS}/app.kubernetes.io/version", version(), "Helm's standard labels"),
    (".*", f"{LABELS}/{INSTANCE}", "cordwood", "a namespace may have several releases"),
    (".*", f"spec/(.*/)?(selector|matchLabels|labels)/{INSTANCE}", "cordwood",
     "the selectors of two releases find different pods"),
    ("ConfigMap", f"{LABELS}/app.kubernetes.io/name", "cordwood", "kustomize gives it no label"),
    ("ConfigMap", "metadata/annotations/helm.sh/resource-policy", "keep",
     "kubectl removes no previous ConfigMap, Helm would"),
    ("Service", f"{LABELS}/app.kubernetes.io/component", "pods",
     "the ServiceMonitor selects one of the two Services"),
    (".*", "metadata/namespace", None, "Helm creates objects in the namespace of the release"),
    ("Namespace", ".*", None, "Helm needs the namespace before it installs"),
]


def render(values, name="cordwood"):
    """The objects and the notes of a release, which `helm install --dry-run=client` makes."""
    with helm.Config(namespace="logs") as configuration:
        release = configuration.install(CHART, name, helm.values_from_yaml(values),
                                        dry_run="client")
    return list(yaml.safe_load_all(release["manifest"])), release["notes"]


def one(objects, kind, ending=""):
    (found,) = [each for each in objects
                if each["kind"] == kind and each["metadata"]["name"].endswith(ending)]
    return found


def leaves(value, path=()):
    """The path of every value of an object, and the value."""
    pairs = list(value.items() if isinstance(value, dict) else
                 enumerate(value) if isinstance(value, list) else [])
    if not pairs:
        yield "/".join(map(str, path)), value
    for key, child in pairs:
        yield from leaves(child, (*path, key))


def comparable(objects):
    """The leaves of all objects, by kind and name; the hash of the ConfigMap is left out, and its
    configuration is read, because Helm keeps no comments."""
    result = {}
    for each in objects:
        if each["kind"] == "ConfigMap":
            each["data"] = {name: yaml.safe_load(file) for name, file in each["data"].items()}
        for path, leaf in leaves(each):
            if isinstance(leaf, str) and re.search(r"^metadata/name$|configMap/name$", path):
                leaf = re.sub(r"(?<=^cordwood)-[0-9a-z]{10}$", "", leaf)
            name = re.sub(r"-[0-9a-z]{10}$", "", each["metadata"]["name"])
            result[each["kind"], name, path] = leaf
    return result


class ComparisonTests(unittest.TestCase):
    maxDiff = None

    @needs("kubectl")
    def test_it_makes_the_objects_that_kustomize_makes(self):
        unused = set(DIFFERENCES)
        for place, values in [("base", ""), ("overlays/production", PRODUCTION)]:
            kustomize = comparable(yaml.safe_load_all(run("kubectl", "kustomize",
                                                          f"{KUBERNETES}/{place}")))
            chart = comparable(render(values)[0])
            self.assertGreater(len(chart), 100)
            for key in sorted(kustomize.keys() | chart.keys()):
                if kustomize.get(key, "nothing") == chart.get(key, "nothing"):
                    continue
                kind, _, path = key
                allowed = [each for each in DIFFERENCES
                           if re.fullmatch(each[0], kind) and re.fullmatch(each[1], path)
                           and chart.get(key) == each[2]]
                self.assertTrue(allowed, f"{place}: {key} is {chart.get(key)!r} in the chart, "
                                         f"but {kustomize.get(key)!r} with kustomize")
                unused -= set(allowed)
        self.assertEqual(unused, set())


class ChartTests(unittest.TestCase):
    def test_lint_has_nothing_to_say(self):
        for name, values in RELEASES.items():
            with self.subTest(name):
                report = helm.lint(CHART, helm.values_from_yaml(values), strict=True)
                said = {message["error"] for message in report["messages"]}
                self.assertEqual((report["errors"], said), ([], {"icon is recommended"}))

    def test_every_version_accepts_every_object(self):
        kinds = set()
        for name, values in RELEASES.items():
            for each in render(values)[0]:
                kinds.add(each["kind"])
                # Of the Prometheus operator, not of Kubernetes.
                if each["kind"] == "ServiceMonitor":
                    continue
                for number in VERSIONS:
                    with self.subTest(name, kind=each["kind"], version=number):
                        kubernetes_validate.validate(each, number, strict=True)
        templates = {each.removesuffix(".yaml") for each in os.listdir(f"{CHART}/templates")
                     if each.endswith(".yaml")}
        self.assertEqual({kind.lower() for kind in kinds},
                         {{"services": "service"}.get(each, each) for each in templates})

    def test_a_wrong_value_is_rejected_with_what_is_wrong(self):
        for values, message in MISTAKES:
            with self.subTest(values), self.assertRaises(helm.HelmError) as error:
                render(values)
            self.assertIn(message, str(error.exception))

    def test_its_schema_has_the_settings(self):
        with open(VALUES) as file:
            self.assertEqual(file.read(), schema_of_values(), "run `make reference`")

    def test_every_value_is_in_the_schema(self):
        """Helm names a misspelt value only where the schema lists all."""
        with helm.Chart.load(CHART) as chart:
            known = chart.schema["properties"]
            for name, value in chart.values.items():
                self.assertIn(name, known)
                if "properties" in known[name] and name != "config":
                    self.assertEqual(set(value), set(known[name]["properties"]), name)

    def test_the_archive_is_the_chart_and_the_same_bytes_twice(self):
        archives = []
        for mask in ["022", "077"]:
            with tempfile.TemporaryDirectory() as place:
                run("sh", "-c", f"umask {mask}; exec {ROOT}/deploy/release/chart {place}",
                    env=dict(os.environ, SOURCE_DATE_EPOCH="1000000000"))
                path = f"{place}/cordwood-{version()}-helm.tgz"
                with open(path, "rb") as file:
                    archives.append(file.read())
                with tarfile.open(path) as archive:
                    members = {(each.uid, each.mtime, each.mode & 0o077) for each in archive
                               if each.isfile()}
        self.assertEqual(members, {(0, 1000000000, 0o044)})
        self.assertEqual(archives[0], archives[1])
        with helm.Chart.load_archive(archives[0]) as packed, helm.Chart.load(CHART) as chart:
            self.assertEqual(packed.metadata, chart.metadata)
            self.assertEqual(packed.render(), chart.render())
            self.assertIn("LICENSE", {each["name"] for each in packed.files})


class ReleaseTests(unittest.TestCase):
    @unittest.skipUnless(PROGRAMS, "needs a built program")
    def test_cordwood_accepts_every_configuration(self):
        for name, values in RELEASES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as place:
                for file, key in [("tls.crt", "tls.key"), ("ca.crt", "ca.key")]:
                    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=logs.example.org",
                        "-keyout", f"{place}/{key}", "-out", f"{place}/{file}")
                # The directories of the pod are all this one.
                for file, content in one(render(values)[0], "ConfigMap")["data"].items():
                    with open(f"{place}/{file}", "w") as target:
                        target.write(re.sub(r"/(etc|var/log)/cordwood[a-z-]*", place, content))
                run(PROGRAMS[0], "check", "--config", f"{place}/cordwood.yaml")

    def test_a_change_of_the_configuration_rolls_out(self):
        names = set()
        for values in ["", "config: {workers: 3}", "tokens: a line", "tls: {secret: logs-tls}"]:
            objects, _ = render(values)
            names.add(one(objects, "ConfigMap")["metadata"]["name"])
            volumes = one(objects, "StatefulSet")["spec"]["template"]["spec"]["volumes"]
            self.assertEqual(volumes[0]["configMap"]["name"],
                             one(objects, "ConfigMap")["metadata"]["name"])
        self.assertEqual(len(names), 4)
        # What the pods do not read restarts none.
        self.assertIn(one(render("replicas: 2")[0], "ConfigMap")["metadata"]["name"], names)

    def test_two_releases_in_a_namespace_share_nothing(self):
        seen = set()
        for release in ["cordwood", "logs"]:
            objects, _ = render(RELEASES["production"], release)
            names = {(each["kind"], each["metadata"]["name"]) for each in objects}
            self.assertEqual(names & seen, set())
            seen |= names
            labels = one(objects, "StatefulSet")["spec"]["template"]["metadata"]["labels"]
            for each in objects:
                for path, leaf in leaves(each):
                    if path.endswith(f"/{INSTANCE}"):
                        self.assertEqual(leaf, labels[INSTANCE])
        self.assertIn(("StatefulSet", "logs-cordwood"), seen)

    def test_every_name_that_is_named_is_there(self):
        for name, values in RELEASES.items():
            with self.subTest(name):
                objects, _ = render(values)
                self.check_names(objects)

    def check_names(self, objects):
        stateful = one(objects, "StatefulSet")
        pod = stateful["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        self.assertEqual(stateful["spec"]["serviceName"],
                         one(objects, "Service", "-pods")["metadata"]["name"])
        self.assertEqual(pod["serviceAccountName"],
                         one(objects, "ServiceAccount")["metadata"]["name"])
        volumes = [each["name"] for each in pod["volumes"]]
        volumes += [each["metadata"]["name"]
                    for each in stateful["spec"].get("volumeClaimTemplates", [])]
        self.assertEqual(sorted(volumes), sorted(each["name"]
                                                 for each in container["volumeMounts"]))
        ports = {each["name"] for each in container["ports"]}
        for each in objects:
            for path, leaf in leaves(each):
                # Annotations may name a number.
                if isinstance(leaf, str) and "/annotations/" not in path \
                        and re.search(r"(targetPort|/port(/name)?)$", path):
                    self.assertIn(leaf, ports, path)

    def test_a_service_monitor_selects_the_headless_service_alone(self):
        objects, _ = render(RELEASES["everything else"])
        spec = one(objects, "ServiceMonitor")["spec"]
        selected = [each["metadata"]["name"] for each in objects if each["kind"] == "Service"
                    and spec["selector"]["matchLabels"].items() <=
                    each["metadata"]["labels"].items()]
        self.assertEqual(selected, ["ingest-pods"])
        # The job that the rules and the dashboard select.
        self.assertEqual(one(objects, "Service", "-pods")["metadata"]["labels"][spec["jobLabel"]],
                         yaml.safe_load(text("deploy/prometheus/prometheus.yml"))
                         ["scrape_configs"][0]["job_name"])

    def test_a_stop_has_the_time_that_it_takes(self):
        objects, _ = render("")
        configuration = yaml.safe_load(one(objects, "ConfigMap")["data"]["cordwood.yaml"])
        pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
        self.assertLess(time_of_a_stop(configuration), pod["terminationGracePeriodSeconds"])

    def test_the_notes_say_where_clients_send(self):
        for name, address in [("defaults", "http://cordwood.logs:8080/logs"),
                              ("https with tokens", "https://cordwood.logs:443/logs"),
                              ("everything else", "*.example.org/logs")]:
            with self.subTest(name):
                notes = render(RELEASES[name])[1]
                self.assertIn(f"send to {address}\n", notes)
                self.assertEqual("Any client" in notes, name != "https with tokens")


if __name__ == "__main__":
    unittest.main()
