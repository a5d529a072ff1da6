# SPDX-License-Identifier: Apache-2.0
"""Jobs of docs/README.md that only a booted system can do as the page has them, with apt and systemd.

For install.py, which boots a machine; the other jobs are those of jobs.py.
"""

import re

from accounts import eventually, expect
from place import RECORD, in_a_machine

ACCEPTED = '{"accepted":1,"rejected":0}'


def try_jobs(machine):
    """From the installation of the package in /root to its removal; needs curl and openssl there."""
    def do(title, *numbers):
        return machine.run(f"cd /root\n{in_a_machine(title, *numbers)}")

    def ok(truth, title):
        expect(truth, f"the page's job: {title}")
    post = "curl -sS -d '{}' localhost:8080/logs"

    title = "Install it"
    ok(do(title).endswith(f"{ACCEPTED}\n{RECORD}"), title)
    title = "Change a setting without losing a request"
    do(title)
    eventually("four workers and the sealer", lambda: len(machine.children()) == 5)
    ok(machine.serves(), title)
    title = "Accept records from other machines, over TLS"
    accepted = do(title).endswith(ACCEPTED)
    key = machine.run("stat --format '%a %U %G' /etc/cordwood/key.pem")
    ok(accepted and key == "640 root cordwood", title)
    title = "Watch it in a browser"
    ok(do(title).endswith("</title>"), title)
    title = "Keep hourly files for seven days"
    ok(re.search(r":00:00\S*  closes  app\.log\.\S+_\d\d$", do(title)), title)
    title = "Copy them every hour"
    do(title)
    ok(machine.run("systemctl is-active cordwood-s3.timer") == "active", title)
    title = "Move it to another machine"
    lines = machine.run("cat /var/log/cordwood/app.log")
    do(title, 0)
    stopped = machine.run("systemctl is-active cordwood cordwood.socket || true").split()
    machine.run("mv /var/log/cordwood /root/before && install -d -o cordwood -g cordwood -m 750 "
                "/var/log/cordwood && systemctl start cordwood")
    do(title, 1)
    machine.run(post)
    ok(stopped == ["inactive"] * 2 and
       machine.run("cat /var/log/cordwood/app.log").startswith(lines), title)
    title = "Accept known clients only"
    accepted = do(title).endswith(ACCEPTED)
    eventually("401", lambda: "missing_token" in machine.run(post))
    ok(accepted, title)
    title = "Uninstall it"
    do(title)
    ok(machine.run("ls -d /var/log/cordwood /usr/bin/cordwood /etc/cordwood/cordwood.yaml "
                   "2>/dev/null || true") == "", title)
