# SPDX-License-Identifier: Apache-2.0
"""Runs the image as Docker would, and counts what is left.

    container.py ROOT IMAGE.json

A process id namespace, the image's user without any capability, a root file system that is read
only, and one volume. It needs root and a network namespace whose loopback is up; see image.sh.
"""

import collections
import glob
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from accounts import Client, eventually, expect, expect_all_found, records

PORT = 8080  # As the image says; the network is this test's alone.
GRACE_SECONDS = 10  # What Docker gives.

# What `docker run --read-only --cap-drop ALL --security-opt no-new-privileges` comes to.
ENTER = """
set -eu
root=$1 volume=$2 user=$3 group=$4; shift 4
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind "$volume" "$root/var/log/cordwood"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all env -i "$@"
"""


class Image:
    def __init__(self, root, file):
        self.root = root
        with open(file) as text:
            self.config = json.load(text)["Docker"]["config"]
        self.user, self.group = self.config["User"].split(":")


class Container:
    """A running one; `arguments` take the place of CMD, `environment` is added to ENV."""

    def __init__(self, image, volume, arguments=None, environment=()):
        self.image = image
        command = image.config["Entrypoint"] + (arguments or image.config["Cmd"])
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh",
             image.root, volume, image.user, image.group, *image.config["Env"], *environment,
             *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    @property
    def first(self):
        """The process that is PID 1 inside."""
        eventually("a process", self.children)
        return self.children()[0]

    def children(self):
        if self.process.poll() is not None:
            raise SystemExit(f"FAILED: it has ended: {self.finish()}")
        own = self.process.pid
        with open(f"/proc/{own}/task/{own}/children") as children:
            return [int(child) for child in children.read().split()]

    def within(self, command):
        """Runs a command in it, as `docker exec` does."""
        return subprocess.run(
            ["nsenter", "--target", str(self.first), "--mount", "--pid", "--root", "--setgid",
             self.image.group, "--setuid", self.image.user, "env", "-i",
             *self.image.config["Env"], *command],
            capture_output=True, text=True)

    def is_healthy(self):
        kind, *command = self.image.config["Healthcheck"]["Test"]
        return kind == "CMD" and self.within(command).returncode == 0

    def status(self):
        with open(f"/proc/{self.first}/status") as lines:
            return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)

    def stop(self):
        """Its exit status and how many seconds it took."""
        begun = time.monotonic()
        os.kill(self.first, signal.Signals[self.image.config["StopSignal"]])
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, time.monotonic() - begun, output

    def finish(self):
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, output


def try_commands(image, volume):
    status, output = Container(image, volume, ["check"]).finish()
    expect(status == 0 and "0.0.0.0:8080" in output and "/var/log/cordwood" in output,
           "`docker run IMAGE check` prints where it listens and writes")
    status, output = Container(image, volume, ["health"]).finish()
    expect(status == 1, "health fails where nothing serves")
    _, output = Container(image, volume, ["version"]).finish()
    label = image.config["Labels"]["org.opencontainers.image.version"]
    expect(output.startswith(f"cordwood {label} ("), f"the label says the version: {label}")


def try_service(image, volume):
    every_second = ["CORDWOOD_ROTATION_WHEN=S", "CORDWOOD_ROTATION_BACKUP_COUNT=0"]
    container = Container(image, volume, environment=every_second)
    eventually("HEALTHCHECK", container.is_healthy)
    expect(True, "HEALTHCHECK says healthy")
    status = container.status()
    expect(set(status["Uid"].split()) == {image.user} != {"0"}, f"it is user {image.user}")
    expect(int(status["CapEff"], 16) == 0, "it has no capability")
    expect(container.within(["touch", "/var/tmp/x"]).returncode != 0,
           "its root file system is read only")

    clients = [Client(number, PORT) for number in range(4)]
    for client in clients:
        client.start()
    eventually("the third rotated file", lambda: records_of_rotated(volume) >= 3)
    code, seconds, output = container.stop()
    for client in clients:
        client.join()
    expect(code == 0, f"it stops with exit status {code}" + ("" if code == 0 else output))
    expect(seconds < GRACE_SECONDS, f"{seconds:.1f} s after the signal, under load")

    expect_all_found(clients, volume)


def records_of_rotated(volume):
    return len(glob.glob(f"{volume}/app.log.2*"))


def try_again(image, volume):
    before, _ = records(volume)
    container = Container(image, volume)
    eventually("HEALTHCHECK", container.is_healthy)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    connection.request("POST", "/logs", '{"id":"again"}')
    expect(connection.getresponse().status == 200, "the next container takes records")
    code, seconds, _ = container.stop()
    expect(code == 0 and seconds < GRACE_SECONDS, f"and stops within {seconds:.1f} s")
    after, _ = records(volume)
    expect(after == before + collections.Counter(["again"]), "what was there is there, and more")
    status, output = Container(image, volume, ["verify", "/var/log/cordwood"]).finish()
    expect(status == 0, "verify finds no damage" + ("" if status == 0 else output))


def main():
    image = Image(*sys.argv[1:3])
    volume = tempfile.mkdtemp(prefix="cordwood-volume-")
    try:
        os.chown(volume, int(image.user), int(image.group))
        try_commands(image, volume)
        try_service(image, volume)
        try_again(image, volume)
    finally:
        shutil.rmtree(volume)


if __name__ == "__main__":
    main()
