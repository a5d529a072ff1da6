#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what a release consists of, as SPDX 2.3 in JSON.

    sbom.py VERSION REVISION BUILD DIRECTORY

It lists the packages that are linked, not those that building needs: what `ldd` finds for the
programs in BUILD, whose archives and objects the linker took for them, and the Swift packages. The
files in DIRECTORY are those of the release, which it must be complete but for this list.
"""

import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid

# The projects of which Swift's toolchain has the archives; all others are of swiftlang/swift.
TOOLCHAIN = {
    "libFoundationEssentials.a": "swift-foundation",
    "lib_FoundationCShims.a": "swift-foundation",
    "lib_FoundationCollections.a": "swift-collections",
    "libBlocksRuntime.a": "swift-corelibs-libdispatch",
    "libdispatch.a": "swift-corelibs-libdispatch",
    "libswift_RegexParser.a": "swift-experimental-string-processing",
    "libswift_StringProcessing.a": "swift-experimental-string-processing",
}
# Those of Debian have the licence in a file that is no SPDX expression.
LICENSES = {
    "swift": "Apache-2.0 WITH Swift-exception",
    "swift-argument-parser": "Apache-2.0 WITH Swift-exception",
    "swift-collections": "Apache-2.0 WITH Swift-exception",
    "swift-corelibs-libdispatch": "Apache-2.0 WITH Swift-exception",
    "swift-experimental-string-processing": "Apache-2.0 WITH Swift-exception",
    "swift-foundation": "Apache-2.0 WITH Swift-exception",
    "swift-log": "Apache-2.0",
    "swift-system": "Apache-2.0 WITH Swift-exception",
    "cordwood": "Apache-2.0",
    "libyaml-dev": "MIT",
    "zlib1g-dev": "Zlib",
    "zlib1g": "Zlib",
    "libzstd-dev": "BSD-3-Clause",
    "libzstd1": "BSD-3-Clause",
    "libyaml-0-2": "MIT",
    "libssl3": "Apache-2.0",
    "libsimdjson14": "Apache-2.0",
    "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgcc-12-dev": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libc6": "LGPL-2.1-or-later",
    "libc6-dev": "LGPL-2.1-or-later",
}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def owners(paths):
    """The packages of Debian that have these files."""
    # Where /lib is /usr/lib, dpkg knows one of the two.
    found = run("dpkg-query", "--search", *("*" + path.removeprefix("/usr") for path in paths))
    return {owner.split(":")[0] for owner in found.splitlines()}


def shared_libraries(program):
    """The packages of Debian whose libraries the loader finds for a program."""
    return owners(re.findall(r"=> (/.*) \(", run("ldd", program)))


def linked(build):
    """The archives and objects inside the programs, but for those of the build itself."""
    paths = set()
    for program in ["debian", "portable"]:
        with open(f"{build}/{program}.linked") as lines:
            paths |= {os.path.realpath(line.rstrip("\n").split("(")[0]) for line in lines}
    own = os.path.realpath(f"{build}/swift") + "/"
    return {path for path in paths if path.endswith((".a", ".o")) and not path.startswith(own)}


def identifier(name):
    return "SPDXRef-" + re.sub("[^A-Za-z0-9.-]", "-", name.replace("+", "p"))


def package(name, version, location, url, **more):
    license = LICENSES.get(name, "NOASSERTION")
    return {
        "SPDXID": identifier(name), "name": name, **({"versionInfo": version} if version else {}),
        "downloadLocation": location, "filesAnalyzed": False, "copyrightText": "NOASSERTION",
        "licenseConcluded": license, "licenseDeclared": license,
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": url}],
        **more}


def debian_package(name):
    version, source, architecture = run(
        "dpkg-query", "--show", "--showformat=${Version}\t${source:Package}\t${Architecture}",
        name).split("\t")
    quoted = version.replace("+", "%2B").replace(":", "%3A")
    return package(
        name, version, "NOASSERTION",
        f"pkg:deb/debian/{name.replace('+', '%2B')}@{quoted}?arch={architecture}&distro=bookworm",
        sourceInfo=f"built by Debian from its source package {source}",
        supplier="Organization: Debian")


def toolchain_packages(paths, version):
    for name in sorted({TOOLCHAIN.get(os.path.basename(path), "swift") for path in paths}):
        # Foundation has a part of the collections, in its own version.
        tag = "" if name == "swift-collections" else f"@swift-{version}-RELEASE"
        repository = f"github.com/{'apple' if name == 'swift-collections' else 'swiftlang'}/{name}"
        yield package(
            name, version if tag else None, f"git+https://{repository}{tag}",
            f"pkg:{repository.replace('.com', '', 1)}{tag}",
            sourceInfo="built into Swift's toolchain")


def swift_packages(tree):
    """Each once, whoever asks for it."""
    found = {}
    for each in tree["dependencies"]:
        found[each["identity"]] = package(
            each["identity"], each["version"], f"git+{each['url']}@{each['version']}",
            f"pkg:swift/{each['url'].split('://')[1].removesuffix('.git')}@{each['version']}")
        found.update(swift_packages(each))
    return found


def released_files(directory):
    for name in sorted(os.listdir(directory)):
        with open(f"{directory}/{name}", "rb") as file:
            content = file.read()
        yield {
            "SPDXID": identifier(f"File-{name}"), "fileName": f"./{name}",
            "copyrightText": "NOASSERTION", "licenseConcluded": "NOASSERTION",
            "checksums": [{"algorithm": kind.upper(), "checksumValue":
                           hashlib.new(kind, content).hexdigest()} for kind in ["sha1", "sha256"]]}


def main():
    version, revision, build, directory = sys.argv[1:]
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    swift = re.search(r"Swift version (\S+)", run("swift", "--version"))[1]
    product = package("cordwood", version, "NOASSERTION", f"pkg:generic/cordwood@{version}",
                      sourceInfo=f"commit {revision}", primaryPackagePurpose="APPLICATION")
    toolchain = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("swift"))))
    paths = linked(build)
    of_toolchain = {path for path in paths if path.startswith(toolchain + "/")}
    tree = json.loads(run("swift", "package", "--scratch-path", f"{build}/swift",
                          "show-dependencies", "--format", "json"))
    modules = [*swift_packages(tree).values(), *toolchain_packages(of_toolchain, swift)]
    shared = [debian_package(name) for name in sorted(
        shared_libraries(f"{build}/debian/cordwood")
        | shared_libraries(f"{build}/portable/cordwood"))]
    inside = [debian_package(name) for name in sorted(owners(paths - of_toolchain))]
    files = list(released_files(directory))

    def relations(kind, elements):
        return [{"spdxElementId": product["SPDXID"], "relationshipType": kind,
                 "relatedSpdxElement": each["SPDXID"]} for each in elements]

    print(json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"cordwood-{version}",
        # Another for every content, as the standard asks.
        "documentNamespace": "urn:uuid:" + str(uuid.uuid5(
            uuid.NAMESPACE_URL, json.dumps([product, modules, shared, inside, files]))),
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Organization: Cordwood", "Tool: deploy/release/sbom.py"]},
        "documentDescribes": [product["SPDXID"]],
        "packages": [product, *modules, *inside, *shared], "files": files,
        "relationships": relations("STATIC_LINK", [*modules, *inside])
        + relations("DYNAMIC_LINK", shared) + relations("GENERATES", files),
    }, indent=2))


if __name__ == "__main__":
    main()
