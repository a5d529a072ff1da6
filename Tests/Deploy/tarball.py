# SPDX-License-Identifier: Apache-2.0
"""Unpacks the tarball in another system, as its page says, and sends it a record.

    tarball.py ROOT TARBALL

ROOT is a system with tar and curl, and is changed. It needs root, and a network namespace whose
loopback is up; see install.sh.
"""

import shutil
import subprocess
import sys

from accounts import eventually, expect
from machine import commands

PATH = "PATH=/usr/local/bin:/usr/bin:/bin"


class System:
    def __init__(self, root):
        self.command = ["chroot", root, "env", "-i", PATH]

    def run(self, script):
        """What a script in it prints, on either stream."""
        return subprocess.run([*self.command, "sh", "-c", script], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout

    def start(self, *command):
        return subprocess.Popen([*self.command, *command], stdin=subprocess.DEVNULL)


def main():
    system = System(sys.argv[1])
    shutil.copy(sys.argv[2], f"{sys.argv[1]}/root/")
    (unpack,) = [line for line in commands("Other systems").splitlines() if line.startswith("tar ")]
    system.run(f"cd /root && {unpack}")
    release = system.run(". /etc/os-release && echo $PRETTY_NAME").strip()
    libraries = system.run("ldd /usr/local/bin/cordwood")
    expect("not found" not in libraries, f"every library is found in {release}:\n{libraries}")
    beside = "/usr/local/bin/../lib/cordwood/"
    for name in ["libsimdjson", "libstdc++", "libgcc_s"]:
        expect(any(beside in line for line in libraries.split("\n") if name in line),
               f"{name} is the one beside it")
    for name in ["libyaml", "libz.", "libzstd"]:
        expect(name not in libraries, f"{name} is inside")

    service = system.start("cordwood", "serve", "--directory", "/var/log/cordwood")
    post = "curl -sS -d '{\"msg\":\"hello\"}' localhost:8080/logs"
    eventually("a record", lambda: '{"accepted":1,"rejected":0}' in system.run(post))
    expect("hello" in system.run("cat /var/log/cordwood/app.log"), "a record is in the file")
    service.terminate()
    expect(service.wait(20) == 0, "it stops when asked to")
    report = system.run("cordwood verify /var/log/cordwood || echo FAILED")
    expect("FAILED" not in report, f"verify finds no damage: {report.strip()}")


if __name__ == "__main__":
    main()
