# SPDX-License-Identifier: Apache-2.0
"""The seed's algorithm under the same accounts, without a single kill."""

import os
import subprocess
import sys
import tempfile
import time

from crash_accounts import Accounts
from table import Row

WRITER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seed_writer.py")


# A round may be lucky; so many seconds of them are not.
LUCKY_SECONDS = 40


def run(name: str, writers: int, seconds: float, pause: float) -> Row:
    """`writers` processes that wait `pause` seconds after each record, in slots of 100 ms.

    Those that do not wait go on until they have lost something.
    """
    # Slow writers meet only now and then.
    row = Row(name, must_fail=pause == 0, may_fail=pause > 0)
    began = time.monotonic()
    while True:
        attempt(row, writers, seconds, pause)
        if row.is_right or time.monotonic() > began + LUCKY_SECONDS:
            return row


def attempt(row: Row, writers: int, seconds: float, pause: float) -> None:
    accounts = Accounts()
    with tempfile.TemporaryDirectory(prefix="cordwood-seed.") as place:
        processes = [
            subprocess.Popen(
                [sys.executable, "-B", WRITER, os.path.join(place, "app.log"), f"w{k}",
                 str(seconds), str(pause), "10"], stdout=subprocess.PIPE, text=True)
            for k in range(writers)]
        for process in processes:
            for line in process.stdout:
                accounts.note(line)
            process.stdout.close()
            if process.wait() != 0:
                accounts.problems.append("a writer failed")
        accounts.settle(place)
    row.add(accounts)
