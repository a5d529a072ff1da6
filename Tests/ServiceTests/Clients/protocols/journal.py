# SPDX-License-Identifier: Apache-2.0
"""systemd-journal-upload: journal.py URL COUNT …

Makes a journal of COUNT entries, one of which in ten has a binary, an empty or a repeated field,
and uploads it in one request, again whenever the uploader has ended with an error, as its unit
does. With --seconds it makes journals of --batch entries. See account.py for the arguments.
"""

import glob
import os
import struct
import subprocess
import tempfile
import time

from account import Account

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[".."] * 4, ".build/journal"))
LIBRARIES = ":".join(glob.glob(f"{ROOT}/usr/lib/*-linux-gnu"))
TRIES = 30
SECONDS = 120


def main():
    account = Account()
    if not account.options.seconds:
        # One request has all of a journal.
        account.options.batch = account.options.count
    for names in account.batches():
        with tempfile.TemporaryDirectory() as scratch:
            upload(account, names, scratch)
    account.end()


def upload(account, names, scratch):
    environment = {**os.environ, "LD_LIBRARY_PATH": LIBRARIES}
    export, journal = os.path.join(scratch, "export"), os.path.join(scratch, "journal.journal")
    with open(export, "wb") as file:
        for number, name in enumerate(names):
            file.write(entry(account, number, name))
    subprocess.run([f"{ROOT}/lib/systemd/systemd-journal-remote", "-o", journal, export],
                   env=environment, check=True, stderr=subprocess.DEVNULL)
    url = account.base
    if account.options.token:
        url = url.replace("://", f"://all:{account.options.token}@")
    for _ in range(TRIES):
        result = subprocess.run(
            [f"{ROOT}/lib/systemd/systemd-journal-upload", f"--url={url}", "--follow=no",
             f"--file={journal}", f"--save-state={scratch}/state"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=SECONDS)
        if result.returncode == 0:
            return account.accept(names)
        account.say(result.stdout)
        time.sleep(0.5)
    account.fail(names, f"exit {result.returncode}")


def entry(account, number, name):
    microseconds = 1795888808000000 + number
    fields = [("MESSAGE", f"Grüße {name}".encode()), ("PRIORITY", b"6"),
              ("SYSLOG_IDENTIFIER", b"till")]
    expected = {"MESSAGE": f"Grüße {name}", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "till",
                "__REALTIME_TIMESTAMP": str(microseconds)}
    if number % 10 == 1:
        fields.append(("BINARY", b"\x00\xff\n"))
        expected["BINARY"] = [0, 255, 10]
    if number % 10 == 2:
        fields.append(("LINES", b"one\ntwo\n"))
        expected["LINES"] = "one\ntwo\n"
    if number % 10 == 3:
        fields.append(("EMPTY", b""))
        expected["EMPTY"] = ""
    account.expect(name, expected)
    text = (f"__REALTIME_TIMESTAMP={microseconds}\n__MONOTONIC_TIMESTAMP={number + 1}\n"
            "_BOOT_ID=0123456789abcdef0123456789abcdef\n").encode()
    for key, value in fields:
        if b"\n" in value or b"\x00" in value:
            text += key.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
        else:
            text += key.encode() + b"=" + value + b"\n"
    return text + b"\n"


main()
