# SPDX-License-Identifier: Apache-2.0
"""Installs, upgrades, removes and purges the package under a real systemd, and counts what is left;
does the jobs of docs/README.md that need one; then installs the tarball.

    install.py ROOT

ROOT is a Debian with systemd and is changed; its /root has previous.deb and the files of the release.
See machine.py and install.sh.
"""

import json
import os
import sys
import time

from accounts import eventually, expect, expect_all_found
from machine import (booted, commands, eventually_more, expect_nobody_refused, expect_schema,
                     started_clients)
from machine_jobs import try_jobs

APT = "DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes"
CURRENT, PREVIOUS = "/root/cordwood_*.deb", "/root/previous.deb"
POST = "curl -sS --retry 50 --retry-delay 0 --retry-connrefused -d '{}' localhost:8080/logs"
CONFIGURATION = "/etc/cordwood/cordwood.yaml"


def version(machine):
    """The version that serves, which need not be the one that is installed."""
    return json.loads(machine.run("curl -sS localhost:8080/health"))["version"]


def packaged(machine, package):
    return machine.run(f"dpkg-deb --field {package} Version").split("-")[0]


def exists(machine, path):
    return os.path.lexists(f"{machine.root}{path}")


def try_installation(machine):
    begun = time.monotonic()
    output = machine.run("cd /root\n" + commands("Debian 12"))
    seconds = time.monotonic() - begun
    expect('{"accepted":1,"rejected":0}' in output,
           f"a record is accepted by what the page says, within {seconds:.1f} s")
    expect(machine.serves() and machine.says("User") == "cordwood", "systemd says that it serves")
    for unit in ["cordwood.service", "cordwood.socket"]:
        expect(machine.run(f"systemctl is-enabled {unit}") == "enabled", f"{unit} is enabled")
    expect(version(machine) == packaged(machine, CURRENT), "it is the version of the package")
    modes = machine.run("stat --format '%n %a %U %G' /etc/cordwood /var/log/cordwood").split("\n")
    expect(modes == ["/etc/cordwood 2755 root cordwood", "/var/log/cordwood 750 cordwood cordwood"],
           "the group reads the configuration, and nobody else the logs")
    expect_schema(machine)
    changed = machine.run("dpkg --verify cordwood")
    expect(changed == "", f"every file is as it was packed{changed}")


def try_purge(machine):
    machine.run(f"{APT} purge cordwood")
    units = machine.run("systemctl list-unit-files 'cordwood*' --no-legend", check=False)
    expect(units == "" and not exists(machine, "/etc/cordwood"),
           "a purge leaves neither units nor configuration")
    expect(exists(machine, "/var/log/cordwood/app.log"), "but the logs")


def try_change(machine, clients, package):
    """Installs another version under load: a newer one, or the previous one again."""
    before, master = machine.children(), machine.says("MainPID")
    was, begun = version(machine), time.monotonic()
    machine.run(f"{APT} --allow-downgrades install {package}")
    eventually("new workers", lambda: machine.serves() and not before & machine.children())
    seconds = time.monotonic() - begun
    expect(was != version(machine) == packaged(machine, package)
           and machine.says("MainPID") == master,
           f"{was} became {version(machine)} in {seconds:.1f} s, in the same master")
    eventually_more(clients)
    expect("# ours" in machine.run(f"cat {CONFIGURATION}"), "the configuration stays as it was set")
    cut = sum(client.cut for client in clients if not client.keeps)
    expect(cut == 0, f"{cut} connections ended unanswered")
    expect_nobody_refused(clients)


def try_upgrade_with_a_mistake(machine, clients):
    machine.run(f"echo 'workers: many' >>{CONFIGURATION}")
    master = machine.says("MainPID")
    output = machine.run(f"{APT} --reinstall install {CURRENT}")
    expect("the previous version still runs" in output and machine.says("MainPID") == master,
           "an upgrade with a wrong configuration says that it has to be fixed")
    eventually_more(clients)
    expect_nobody_refused(clients)
    machine.run(f"sed -i '/many/d' {CONFIGURATION}")


def try_removal(machine, clients, logs):
    machine.run(f"{APT} remove cordwood")
    for client in clients:
        client.join(60)
    expect_all_found(clients, logs)
    expect(exists(machine, CONFIGURATION) and not exists(machine, "/usr/bin/cordwood"),
           "a removal leaves the configuration, and not the program")


def try_tarball(machine):
    (unpack,) = [line for line in commands("Other systems").splitlines() if line.startswith("tar ")]
    machine.run(f"cd /root && {unpack}")
    machine.run(commands("Other systems", 1))
    expect('"accepted":1' in machine.run(POST) and machine.serves(),
           "the tarball's service runs by what the page says")
    expect_schema(machine)


def main():
    with booted(sys.argv[1]) as machine:
        try_installation(machine)
        try_purge(machine)
        machine.run(f"rm -rf /var/log/cordwood && {APT} install {PREVIOUS} && {POST}")
        clients = started_clients()
        eventually_more(clients)
        machine.run(f"echo '# ours' >>{CONFIGURATION}")
        for package in [CURRENT, PREVIOUS, CURRENT]:
            try_change(machine, clients, package)
        try_upgrade_with_a_mistake(machine, clients)
        try_removal(machine, clients, f"{machine.root}/var/log/cordwood")
        try_purge(machine)
        machine.run("rm -rf /var/log/cordwood")
        try_jobs(machine)
        try_tarball(machine)


if __name__ == "__main__":
    main()
