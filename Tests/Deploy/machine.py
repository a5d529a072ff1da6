# SPDX-License-Identifier: Apache-2.0
"""A Debian that runs systemd in a container, and the load on the service there.

It needs root, a network namespace whose loopback is up, and cgroup2 at /sys/fs/cgroup; see
systemd.sh and install.sh.
"""

import contextlib
import os
import re
import subprocess
import textwrap

from accounts import Client, eventually, expect

PORT = 8080  # As the page says; the network is this test's alone.
SOURCES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The page names the packages of amd64; those of others have the same names otherwise.
ARCHITECTURE = subprocess.run(["dpkg", "--print-architecture"], stdout=subprocess.PIPE, text=True,
                              check=True).stdout.strip()
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def commands(title, number=0):
    """The commands of a section of the page, in its first listing or a later one."""
    with open(f"{SOURCES}/docs/DEPLOY.md") as page:
        section = page.read().split(f"\n## {title}\n")[1].split("\n## ")[0]
    listings = re.findall(r"^( *)```sh\n(.*?)^ *```$", section, re.M | re.S)
    return textwrap.dedent(listings[number][1]).replace("x86_64", os.uname().machine).replace(
        "amd64", ARCHITECTURE)


class Machine:
    def __init__(self, root):
        self.root = root
        self.group = f"/sys/fs/cgroup/cordwood-systemd-test-{os.getpid()}"
        os.mkdir(self.group)
        console = open(f"{root}.console", "w")
        self.process = subprocess.Popen(
            ["sh", "-c", 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"', "sh", self.group,
             "systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit",
             "--console=pipe", f"--bind-ro={SOURCES}:/src", f"--directory={root}"],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console)

    @property
    def first(self):
        own = self.process.pid
        with open(f"/proc/{own}/task/{own}/children") as children:
            return children.read().split()[-1]

    def has_booted(self):
        if self.process.poll() is not None:
            raise SystemExit(f"FAILED: it has ended, see {self.root}.console")
        with contextlib.suppress(IndexError):
            return self.run("systemctl is-system-running --wait", check=False) == "running"

    def run(self, script, check=True):
        """Runs a script in it, in the directory of the sources; returns what it printed."""
        result = subprocess.run(
            ["nsenter", "--target", self.first, "--mount", "--uts", "--ipc", "--net", "--pid",
             "--cgroup", "--root", "--wdns=/src", "env", "-i", PATH, "sh", "-e"],
            input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if check and result.returncode:
            raise SystemExit(f"FAILED: {script}: {result.returncode}\n{result.stdout}")
        return result.stdout.strip()

    def says(self, name):
        """A property of the service."""
        return self.run(f"systemctl show --property {name} --value cordwood")

    def children(self):
        main = self.says("MainPID")
        return set(self.run(f"cat /proc/{main}/task/{main}/children").split())

    def serves(self):
        return self.says("SubState") == "running" and self.says("StatusText") == "Serving"

    def end(self):
        """Halts it, and removes the control groups that it has left."""
        self.process.terminate()
        self.process.wait(60)
        for directory, _, _ in os.walk(self.group, topdown=False):
            os.rmdir(directory)


@contextlib.contextmanager
def booted(root):
    """A machine that has booted. A failure prints the service's last messages; the end halts it."""
    machine = Machine(os.path.abspath(root))
    try:
        eventually("systemd", machine.has_booted, 60)
        yield machine
    except SystemExit:
        if machine.process.poll() is None:
            print(machine.run("journalctl --unit cordwood --lines 40", check=False))
        raise
    finally:
        machine.end()


def started_clients():
    """Four clients that send: two keep their connections, two make one for each request."""
    clients = [Client(number, PORT, keeps=number % 2 == 0) for number in range(4)]
    for client in clients:
        client.start()
    return clients


def expect_schema(machine):
    """Editors find the program's own schema by the first line of the configuration."""
    machine.run("""
        schema=$(sed -n '1s/^# yaml-language-server: $schema=//p' /etc/cordwood/cordwood.yaml)
        cordwood check --schema | cmp - "$schema"
        """)
    expect(True, "the first line of the configuration names the program's schema")


def eventually_more(clients):
    """Each client is answered once more, what it has sent since."""
    before = [len(client.acknowledged) + 1 for client in clients]
    eventually("an answer to each client", lambda: all(
        len(client.acknowledged) > count for client, count in zip(clients, before)))


def expect_nobody_refused(clients):
    expect(all(client.is_alive() for client in clients), "nobody was refused")
