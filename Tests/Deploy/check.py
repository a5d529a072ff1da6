# SPDX-License-Identifier: Apache-2.0
"""The files of deploy and the Dockerfile, each by its own validator: `make deploy-check`.

What takes longer, the image built and run, is `make image-test`.
"""

import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import kubernetes_validate
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = f"{ROOT}/deploy"
KUBERNETES = f"{DEPLOY}/kubernetes"
VERSIONS = ["1.29", "1.33", "1.37"]
# Of `systemd-analyze security`, from 0, safe, to 100.
EXPOSURE = 20
# What is for the administrator stands there, and not every user's path has it.
os.environ["PATH"] += ":/usr/sbin:/sbin"


def text(path):
    with open(f"{ROOT}/{path}") as file:
        return file.read()


def run(*command, **options):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode:
        raise AssertionError(f"{' '.join(command)}: {result.returncode}\n{result.stdout}")
    return result.stdout


def needs(tool):
    return unittest.skipUnless(shutil.which(tool), f"needs {tool}")


def seconds(duration):
    """Of `10s` or `5m`, as Cordwood writes them, or `20s` of systemd and compose."""
    number, unit = re.fullmatch(r"(\d+)([smhd])", duration).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def defaults():
    """The settings' defaults, as docs/configuration.md has them."""
    return dict(re.findall(r"^\| `([a-z_.]+)`<br>.*?\| `([^`]*)` \|", text("docs/configuration.md"),
                           re.MULTILINE))


def time_of_a_stop(configuration):
    """The longest that it may take: stop_delay, drain, and a second until the rest is killed."""
    timeouts = configuration.get("timeouts", {})
    return 1 + sum(seconds(timeouts.get(name, defaults()[f"timeouts.{name}"]))
                   for name in ["stop_delay", "drain"])


def version():
    return re.search(r'current = "([^"]+)"', text("Sources/Cordwood/Service/Version.swift"))[1]


class VersionTests(unittest.TestCase):
    """The version stands in Version.swift; what cannot read it there says the same."""

    def test_files_that_name_it_name_the_same(self):
        self.assertIn(f"ARG VERSION={version()}\n", text("Dockerfile"))
        self.assertIn(f"newTag: {version()}\n", text("deploy/kubernetes/base/kustomization.yaml"))
        chart = yaml.safe_load(text("deploy/helm/Chart.yaml"))
        self.assertEqual((chart["version"], chart["appVersion"]), (version(), version()))

    def test_every_page_names_the_same(self):
        pages = ["README.md", "CONTRIBUTING.md", *glob.glob("docs/**/*.md", root_dir=ROOT,
                                                            recursive=True)]
        named = {(page, found) for page in pages
                 for found in re.findall(r"cordwood[_:-](\d+\.\d+\.\d+)", text(page))}
        self.assertTrue(named)
        self.assertEqual({found for _, found in named}, {version()}, named)

    def test_the_changelog_begins_with_it(self):
        first = re.search(r"^## (\S+)(?: - \d{4}-\d\d-\d\d)?$", text("CHANGELOG.md"), re.M)[1]
        self.assertIn(first, [version(), "Unreleased"])


class DockerfileTests(unittest.TestCase):
    def test_hadolint_has_nothing_to_say(self):
        hadolint = os.path.join(os.path.dirname(sys.executable), "hadolint")
        self.assertEqual(run(hadolint, f"{ROOT}/Dockerfile"), "")

    def test_docker_waits_longer_than_a_stop_takes(self):
        configuration = yaml.safe_load(text("deploy/docker/cordwood.yaml"))
        self.assertLess(time_of_a_stop(configuration), 10)

    def test_its_context_has_all_directories_of_targets(self):
        ignored = text(".dockerignore").split("\n")
        for directory in ["Package.swift", "Sources", "Tests", "Fuzz/Targets", "deploy/docker"]:
            self.assertIn(f"!{directory}", ignored)

    def test_its_context_has_all_files_that_sources_embed(self):
        ignored = text(".dockerignore").split("\n")
        for path in glob.glob(f"{ROOT}/Sources/*/*.c"):
            with open(path) as source:
                for name in re.findall(r'^#embed "([^"]+)"', source.read(), re.M):
                    file = os.path.relpath(os.path.join(os.path.dirname(path), name), ROOT)
                    self.assertTrue(file.startswith("Sources/") or f"!{file}" in ignored, file)


def is_bookworm():
    with contextlib.suppress(OSError), open("/etc/os-release") as release:
        return "VERSION_CODENAME=bookworm\n" in release.read()


# What there is in every Debian.
EVERYWHERE = {"libc6", "libgcc-s1"}
PROGRAMS = [path for path in glob.glob(f"{ROOT}/.build/*/cordwood") if os.access(path, os.X_OK)]


@unittest.skipUnless(PROGRAMS and is_bookworm(), "needs a built program, and Debian 12")
class LibrariesTests(unittest.TestCase):
    """A library that is new is installed where the program goes."""

    @classmethod
    def setUpClass(cls):
        paths = {path for program in PROGRAMS
                 for path in re.findall(r"=> (/.*) \(", run("ldd", program))
                 # Swift's own are within the program once it is built for release.
                 if "/swift/" not in path}
        # Where /lib is /usr/lib, dpkg knows one of the two.
        owners = run("dpkg-query", "--search", *("*" + path.removeprefix("/usr") for path in paths))
        cls.packages = {owner.split(":")[0] for owner in owners.splitlines()} - EVERYWHERE

    def test_the_image_installs_them(self):
        *_, runtime = text("Dockerfile").split("\nFROM ")
        named = re.search(r"apt-get install ((?:.*\\\n)*?) *&&", runtime)[1]
        self.assertLessEqual(self.packages, set(named.split()))

    def test_the_page_names_them(self):
        named = re.search(r"^apt-get install (.*)", text("docs/DEPLOY.md"), re.MULTILINE)[1]
        self.assertLessEqual(self.packages, set(named.split()))


ARCHITECTURE = run("dpkg", "--print-architecture").strip() if shutil.which("dpkg") else ""
PACKAGE = f"{ROOT}/dist/cordwood_{version()}-1_{ARCHITECTURE}.deb"


@unittest.skipUnless(os.path.exists(PACKAGE), "needs what `make release` makes")
class ReleaseTests(unittest.TestCase):
    @needs("lintian")
    def test_lintian_accepts_the_package(self):
        output = run("lintian", "--fail-on=warning,error", PACKAGE)
        self.assertNotRegex(output, r"(?m)^[EW]: ")

    @needs("dpkg-deb")
    def test_the_package_has_what_a_system_looks_for(self):
        files = set(re.findall(r" \./(\S+)$", run("dpkg-deb", "--contents", PACKAGE), re.M))
        self.assertLessEqual({
            "usr/bin/cordwood", "etc/cordwood/cordwood.yaml",
            "lib/systemd/system/cordwood.service", "lib/systemd/system/cordwood.socket",
            "usr/lib/sysusers.d/cordwood.conf", "usr/lib/tmpfiles.d/cordwood.conf",
            "usr/share/cordwood/cordwood.schema.json",
            "usr/share/man/man1/cordwood.1.gz", "usr/share/doc/cordwood/copyright",
            "usr/share/bash-completion/completions/cordwood",
            "usr/share/zsh/vendor-completions/_cordwood",
            "usr/share/fish/vendor_completions.d/cordwood.fish"}, files)
        self.assertEqual(run("dpkg-deb", "--info", PACKAGE, "conffiles"),
                         "/etc/cordwood/cordwood.yaml\n")

    @needs("dpkg-deb")
    def test_the_list_of_what_is_inside_has_all_libraries(self):
        with open(f"{ROOT}/dist/cordwood-{version()}.spdx.json") as file:
            document = json.load(file)
        names = {package["SPDXID"]: package["name"] for package in document["packages"]}

        def listed(kind):
            return {names[relation["relatedSpdxElement"]] for relation in document["relationships"]
                    if relation["relationshipType"] == kind}

        # As dpkg-shlibdeps found them.
        depends = run("dpkg-deb", "--field", PACKAGE, "Depends")
        self.assertEqual(set(re.findall(r"(?:lib|zlib)[^ ,]+", depends)), listed("DYNAMIC_LINK"))
        self.assertLessEqual(
            {"swift", "swift-foundation", "swift-log", "libyaml-dev", "libzstd-dev",
             "zlib1g-dev"},
            listed("STATIC_LINK"))

    def test_the_checksums_are_those_of_all_files(self):
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=f"{ROOT}/dist")
        sums = {line.split()[1] for line in text("dist/SHA256SUMS").splitlines()}
        self.assertEqual(sums | {"SHA256SUMS"}, set(os.listdir(f"{ROOT}/dist")))


class ComposeTests(unittest.TestCase):
    file = f"{DEPLOY}/compose.yaml"

    @needs("docker-compose")
    def test_compose_takes_it(self):
        run("docker-compose", "--file", self.file, "config", "--quiet")

    def test_what_it_mounts_is_there(self):
        with open(self.file) as file:
            project = yaml.safe_load(file)
        for service in project["services"].values():
            for volume in service["volumes"]:
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue(os.path.exists(f"{DEPLOY}/{source}"), source)
                else:
                    self.assertIn(source, project["volumes"])

    def test_prometheus_and_grafana_ask_services_of_it(self):
        with open(self.file) as file:
            names = set(yaml.safe_load(file)["services"])
        scraped = yaml.safe_load(text("deploy/prometheus/prometheus.yml"))["scrape_configs"]
        targets = [target for job in scraped for config in job["static_configs"]
                   for target in config["targets"]]
        sources = yaml.safe_load(text("deploy/grafana/provisioning/datasources/prometheus.yml"))
        urls = [source["url"].removeprefix("http://") for source in sources["datasources"]]
        self.assertLessEqual({address.split(":")[0] for address in targets + urls}, names)

    def test_the_dashboard_stands_where_grafana_looks(self):
        providers = yaml.safe_load(text("deploy/grafana/provisioning/dashboards/cordwood.yml"))
        with open(self.file) as file:
            volumes = yaml.safe_load(file)["services"]["grafana"]["volumes"]
        path = providers["providers"][0]["options"]["path"]
        self.assertTrue(any(f":{path}/" in volume for volume in volumes))


class KubernetesTests(unittest.TestCase):
    def documents(self, place):
        """What the files of a kustomization hold, those of its bases too, without its changes."""
        kustomization = yaml.safe_load(text(f"deploy/kubernetes/{place}/kustomization.yaml"))
        for resource in kustomization["resources"]:
            path = os.path.normpath(f"{place}/{resource}")
            if os.path.isdir(f"{KUBERNETES}/{path}"):
                yield from self.documents(path)
            else:
                yield from yaml.safe_load_all(text(f"deploy/kubernetes/{path}"))

    def one(self, kind, place="base"):
        found = [each for each in self.documents(place) if each["kind"] == kind]
        self.assertEqual(len(found), 1, kind)
        return found[0]

    def validate(self, documents):
        count = 0
        for document in documents:
            for version in VERSIONS:
                kubernetes_validate.validate(document, version, strict=True)
            count += 1
        self.assertGreater(count, 5)

    def test_every_version_takes_every_resource(self):
        self.validate(self.documents("overlays/production"))

    @needs("kubectl")
    def test_what_kustomize_makes_of_them_too(self):
        for place in ["base", "overlays/production"]:
            made = run("kubectl", "kustomize", f"{KUBERNETES}/{place}")
            self.validate(yaml.safe_load_all(made))

    @needs("kubectl")
    def test_the_page_lets_in_another_namespace(self):
        patches = re.search(r"```yaml\n(patches:\n.*?)```", text("docs/DEPLOY.md"), re.DOTALL)[1]
        with tempfile.TemporaryDirectory() as place:
            with open(f"{place}/kustomization.yaml", "w") as file:
                overlay = os.path.relpath(f"{KUBERNETES}/overlays/production",
                                          os.path.realpath(place))
                file.write(f"resources: [{overlay}]\n{patches}")
            made = list(yaml.safe_load_all(run("kubectl", "kustomize", place)))
        self.validate(made)
        (policy,) = [each for each in made if each["kind"] == "NetworkPolicy"]
        (rule,) = policy["spec"]["ingress"]
        names = [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                 for peer in rule["from"] if "namespaceSelector" in peer]
        self.assertEqual(names, ["monitoring", "ingress-nginx"])

    def test_no_file_is_forgotten(self):
        for place in ["base", "overlays/production"]:
            kustomization = yaml.safe_load(text(f"deploy/kubernetes/{place}/kustomization.yaml"))
            named = set(kustomization["resources"]) | {"kustomization.yaml"}
            named |= {patch["path"] for patch in kustomization.get("patches", [])}
            for generator in kustomization.get("configMapGenerator", []):
                named |= set(generator["files"])
            here = os.listdir(f"{KUBERNETES}/{place}")
            self.assertEqual({name for name in named if "/" not in name}, set(here))

    def test_every_selector_finds_the_pods(self):
        labels = self.one("StatefulSet")["spec"]["template"]["metadata"]["labels"]
        selectors = [self.one("StatefulSet")["spec"]["selector"]["matchLabels"],
                     self.one("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                     self.one("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
        selectors += [each["spec"]["selector"] for each in self.documents("base")
                      if each["kind"] == "Service"]
        self.assertEqual(len(selectors), 5)
        for selector in selectors:
            self.assertLessEqual(selector.items(), labels.items())

    def test_every_name_that_is_named_is_there(self):
        documents = list(self.documents("overlays/production"))
        names = {(each["kind"], each["metadata"]["name"]) for each in documents}
        stateful = self.one("StatefulSet")["spec"]
        pod = stateful["template"]["spec"]
        scaled = self.one("HorizontalPodAutoscaler", "overlays/production")["spec"]
        self.assertIn(("Service", stateful["serviceName"]), names)
        self.assertIn(("ServiceAccount", pod["serviceAccountName"]), names)
        target = scaled["scaleTargetRef"]
        self.assertIn((target["kind"], target["name"]), names)
        generated = yaml.safe_load(text("deploy/kubernetes/base/kustomization.yaml"))
        self.assertEqual([each["configMap"]["name"] for each in pod["volumes"]],
                         [each["name"] for each in generated["configMapGenerator"]])
        volumes = [each["name"] for each in pod["volumes"]]
        volumes += [each["metadata"]["name"] for each in stateful["volumeClaimTemplates"]]
        mounts = {each["name"]: each["mountPath"] for each in
                  pod["containers"][0]["volumeMounts"]}
        self.assertEqual(set(mounts), set(volumes))

    def test_a_stop_has_the_time_that_it_takes(self):
        configuration = yaml.safe_load(text("deploy/kubernetes/base/cordwood.yaml"))
        pod = self.one("StatefulSet")["spec"]["template"]["spec"]
        self.assertLess(time_of_a_stop(configuration), pod["terminationGracePeriodSeconds"])
        # It is taken out of the service before it takes no more requests.
        probe = pod["containers"][0]["readinessProbe"]
        noticed = probe["periodSeconds"] * probe["failureThreshold"] + probe["timeoutSeconds"]
        self.assertLess(noticed, seconds(configuration["timeouts"]["stop_delay"]))

    def test_no_variable_of_a_service_looks_like_a_setting(self):
        pod = self.one("StatefulSet")["spec"]["template"]["spec"]
        self.assertIs(pod["enableServiceLinks"], False)

    def test_the_pods_are_restricted(self):
        """By the profile `restricted` of the Pod Security Standards, and a little more."""
        pod = self.one("StatefulSet")["spec"]["template"]["spec"]
        self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertIs(pod["securityContext"]["runAsNonRoot"], True)
        user = f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
        self.assertIn(f"USER {user}\n", text("Dockerfile"))
        self.assertEqual(pod["containers"][0]["securityContext"], {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]}})


class SystemdTests(unittest.TestCase):
    def setUp(self):
        """The units, with a program that is there."""
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        for name in ["cordwood.service", "cordwood.socket"]:
            with open(f"{self.place}/{name}", "w") as unit:
                unit.write(text(f"deploy/systemd/{name}").replace(
                    "/usr/local/bin/cordwood", "/bin/true"))
        self.units = [f"{self.place}/cordwood.service", f"{self.place}/cordwood.socket"]

    @needs("systemd-analyze")
    def test_systemd_finds_nothing_to_say(self):
        self.assertEqual(run("systemd-analyze", "verify", "--man=no", *self.units), "")

    @needs("systemd-analyze")
    def test_little_is_exposed(self):
        run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}",
            self.units[0])

    @needs("systemd-sysusers")
    def test_the_user_is_made(self):
        os.mkdir(f"{self.place}/etc")
        run("systemd-sysusers", f"--root={self.place}",
            f"{DEPLOY}/systemd/cordwood.sysusers")
        with open(f"{self.place}/etc/passwd") as users:
            self.assertRegex(users.read(), r"(?m)^cordwood:.*:/usr/sbin/nologin$")

    def test_a_stop_has_the_time_that_it_takes(self):
        limit = re.search(r"^TimeoutStopSec=(.*)$", text("deploy/systemd/cordwood.service"), re.M)
        configuration = yaml.safe_load(text("deploy/systemd/cordwood.yaml"))
        self.assertLess(time_of_a_stop(configuration), seconds(limit[1]))


class ProxyTests(unittest.TestCase):
    def nginx(self, configuration):
        """Has nginx read it, with a certificate made for it and no port of its own."""
        with tempfile.TemporaryDirectory() as place:
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=logs.example.org",
                "-keyout", f"{place}/privkey.pem", "-out", f"{place}/fullchain.pem")
            configuration = configuration.replace(
                "/etc/letsencrypt/live/logs.example.org", place)
            # `nginx -t` opens what is listened on.
            configuration = re.sub(r"listen (\[::\]:)?\d+",
                                   lambda found: f"listen unix:{place}/{found.start()}.sock",
                                   configuration)
            with open(f"{place}/nginx.conf", "w") as file:
                file.write(f"pid {place}/pid; error_log stderr;\n{configuration}")
            output = run("nginx", "-t", "-q", "-p", place, "-c", f"{place}/nginx.conf")
            self.assertNotIn("[warn]", output)

    @needs("nginx")
    def test_nginx_takes_the_one_for_http(self):
        own = text("deploy/nginx/cordwood.conf")
        self.nginx(f"events {{}}\nhttp {{\n access_log off;\n{own}\n}}\n")

    @needs("nginx")
    def test_nginx_takes_the_one_for_tcp(self):
        module = "/usr/lib/nginx/modules/ngx_stream_module.so"
        if not os.path.exists(module):
            self.skipTest("needs nginx's stream module")
        self.nginx(f"load_module {module};\nevents {{}}\n" + text("deploy/nginx/stream.conf"))

    @needs("caddy")
    def test_caddy_takes_its_own(self):
        file = f"{DEPLOY}/caddy/Caddyfile"
        with tempfile.TemporaryDirectory() as home:
            environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home)
            output = run("caddy", "validate", "--adapter", "caddyfile", "--config", file,
                         env=environment)
        self.assertNotIn('"level":"warn"', output)
        self.assertEqual(run("caddy", "fmt", file), text("deploy/caddy/Caddyfile"))


if __name__ == "__main__":
    unittest.main()
