# SPDX-License-Identifier: Apache-2.0
"""Boots systemd, follows docs/DEPLOY.md to the letter, and counts what is left.

    systemd.py ROOT

ROOT is a Debian with systemd, and is changed; see machine.py.
"""

import glob
import os
import re
import sys
import time

from accounts import eventually, expect, expect_all_found
from machine import (booted, commands, eventually_more, expect_nobody_refused, expect_schema,
                     started_clients)

# A file every second, a master that hangs is noticed at once, and whoever asks the kernel for what
# SystemCallFilter= forbids is killed, which is seen, rather than told EPERM, which might not be.
DROP_IN = """[Service]
Environment=CORDWOOD_ROTATION_WHEN=S CORDWOOD_ROTATION_BACKUP_COUNT=0
WatchdogSec=2s
SystemCallErrorNumber=kill
"""


def try_installation(machine):
    output = machine.run(commands("systemd"))
    expect('{"accepted":1,"rejected":0}' in output, "a record is taken by what the page says")
    expect(machine.serves() and machine.says("User") == "cordwood", "systemd says that it serves")
    expect_schema(machine)
    post = "curl -sS --unix-socket /run/cordwood/http.sock -d '{}' http://localhost/logs"
    as_member = f"setpriv --reuid nobody --regid nogroup --groups cordwood {post}"
    expect('"accepted":1' in machine.run(as_member), "the group sends by the socket")
    as_other = as_member.replace("--groups cordwood", "--clear-groups")
    expect("Failed to connect" in machine.run(as_other, check=False), "and nobody else")


def try_changes(machine, clients):
    """What is done to a service every day: no connection is refused, or ends unanswered."""
    for what, script in [("a reload", "systemctl reload cordwood"),
                         ("an upgrade", commands("Upgrade")),
                         ("a restart", "systemctl restart cordwood")]:
        before, master = machine.children(), machine.says("MainPID")
        machine.run(script)
        eventually(what, lambda: machine.serves() and not before & machine.children())
        eventually_more(clients)
        expect((machine.says("MainPID") == master) is (what != "a restart"),
               f"{what}: new workers, of {'the same' if what != 'a restart' else 'another'} master")
    program = machine.run(f"readlink /proc/{machine.says('MainPID')}/exe")
    expect(program == "/usr/local/bin/cordwood", "the program is the one that was installed last")
    cut = sum(client.cut for client in clients if not client.keeps)
    expect(cut == 0, f"{cut} connections ended unanswered")
    expect_nobody_refused(clients)
    said = machine.run("journalctl --unit cordwood.socket --unit cordwood.service --output cat")
    amiss = re.findall(r'.*(?:failed|denied|not permitted|"level":"(?:warning|error)").*', said)
    expect(not amiss, "\n".join(["nothing is amiss in the journal", *amiss]))


def try_a_wrong_configuration(machine, clients):
    file = "/etc/cordwood/cordwood.yaml"
    output = machine.run(f"""
        cp {file} /root/right && echo 'workers: many' >>{file}
        ! systemctl restart cordwood && journalctl --unit cordwood --lines 20 --output cat
        cp /root/right {file}""")
    expect("workers is \"many\"" in output, "a wrong configuration is said to be wrong")
    eventually("the right one", machine.serves)
    eventually_more(clients)
    expect_nobody_refused(clients)


def try_deaths(machine, clients):
    for what, signal, result in [("a master that is killed", "KILL", "signal"),
                                 ("a master that hangs", "STOP", "watchdog")]:
        restarts = int(machine.says("NRestarts"))
        machine.run(f"kill -{signal} {machine.says('MainPID')}")
        eventually(what, lambda: int(machine.says("NRestarts")) > restarts and machine.serves())
        expect(f"result '{result}'" in machine.run("journalctl --unit cordwood --lines 20"),
               f"{what} is replaced by systemd, which says why: {result}")
        eventually_more(clients)
    expect_nobody_refused(clients)


def try_stop(machine, clients, logs):
    limit = machine.says("TimeoutStopUSec")
    begun = time.monotonic()
    machine.run("systemctl stop cordwood.socket cordwood.service")
    seconds = time.monotonic() - begun
    expect(machine.says("Result") == "success" and seconds < int(limit.removesuffix("s")),
           f"it stops under load within {seconds:.1f} s of {limit}")
    for client in clients:
        client.join(60)
    expect_all_found(clients, logs)
    expect(glob.glob(f"{logs}/app.log.2*.gz"), "files were sealed")
    machine.run("setpriv --reuid cordwood --regid cordwood --clear-groups "
                "cordwood verify /var/log/cordwood")


def try_tokens(machine):
    machine.run("cordwood token new shop --streams '*' --file /etc/cordwood/tokens >/root/secret")
    machine.run("echo 'auth: {tokens_file: /etc/cordwood/tokens}' >>/etc/cordwood/cordwood.yaml")
    machine.run("systemctl start cordwood.socket cordwood.service")
    post = "curl -sS -d '{}' localhost:8080/logs"
    expect('"accepted"' not in machine.run(post), "it starts again, and takes no more from anybody")
    with_token = f"{post} -H \"Authorization: Bearer $(cat /root/secret)\""
    expect('"accepted":1' in machine.run(with_token), "who has a token may write")


def speed_up(machine):
    directory = f"{machine.root}/etc/systemd/system/cordwood.service.d"
    os.mkdir(directory)
    with open(f"{directory}/test.conf", "w") as drop_in:
        drop_in.write(DROP_IN)
    machine.run("systemctl daemon-reload && systemctl restart cordwood")


def main():
    with booted(sys.argv[1]) as machine:
        try_installation(machine)
        speed_up(machine)
        clients = started_clients()
        try_changes(machine, clients)
        try_a_wrong_configuration(machine, clients)
        try_deaths(machine, clients)
        try_stop(machine, clients, f"{machine.root}/var/log/cordwood")
        try_tokens(machine)


if __name__ == "__main__":
    main()
