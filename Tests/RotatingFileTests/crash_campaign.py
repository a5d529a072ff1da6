# SPDX-License-Identifier: Apache-2.0
"""Kills and starves processes that append to, roll over and seal one file, and counts what is left.

crash_campaign.py PROBE kills|errors|seal-kills|seal-errors|storm|hands [--seconds N] [--writers N] [--seed N]

Prints a line for each problem and a summary; exits with 1 when there was one.
"""

import argparse
import random
import signal
import sys
import time
from typing import List, Optional

from crash_accounts import Tally
from crash_run import Run, Watchdog
from crash_storm import Storm

# All that appending, rolling over and sealing call. One that a run does not reach costs one run.
CALLS = ["flock", "fstat", "stat", "open", "write", "renameat2", "ftruncate", "mmap", "statfs",
         "pread", "read", "unlink", "lseek", "fcntl", "fchmod", "futimens", "fdatasync", "fsync",
         "fallocate", "getdents64", "fgetxattr", "fsetxattr"]
ERRORS = ["EIO", "ENOSPC", "EDQUOT", "EROFS", "EMFILE"]
# A cut that fails too must be made up for by whoever comes next.
TWICE = [f"write:{n}=ENOSPC,ftruncate:1=EIO" for n in range(1, 8)] + [
    f"open:{n}=EMFILE,renameat2:{m}=EIO" for n in range(4, 9) for m in (2, 3)]


def each_fault(outcomes: List[str], attempt) -> int:
    """Lets every call fail at its first, second, ... time, until a run no longer gets that far."""
    count = 0
    for call in CALLS:
        for outcome in outcomes:
            misses, occurrence = 0, 1
            while misses < 3 and occurrence < 80:
                was_reached = attempt(f"{call}:{occurrence}={outcome}")
                misses = 0 if was_reached else misses + 1
                count += was_reached
                occurrence += 1
    return count


def write_faults(probe: str, outcomes: List[str], tally: Tally) -> int:
    def attempt(faults: str, survivor_first: bool = True) -> bool:
        run, what = Run(probe), f"{faults} survivor_first={survivor_first}"
        with Watchdog(what, tally.problems):
            was_reached = run.write(faults, survivor_first)
            tally.problems += run.settle(what)
            tally.add(run.accounts)
            return was_reached
        return True

    count = 0
    for order in (True, False):
        count += each_fault(outcomes, lambda faults: attempt(faults, order))
    for faults in TWICE if outcomes != ["kill"] else []:
        count += attempt(faults)
    return count


def seal_faults(probe: str, outcomes: List[str], tally: Tally) -> int:
    def attempt(faults: str) -> bool:
        run = Run(probe)
        run.write("", True)
        with Watchdog(faults, tally.problems):
            ended = run.seal(faults)
            tally.problems += run.settle(faults)
            tally.add(run.accounts)
            return ended.returncode == -signal.SIGKILL or "!" in ended.stdout
        return True

    return each_fault(outcomes, attempt)


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("mode")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--errors", default=",".join(ERRORS))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args(arguments)
    random.seed(options.seed)
    outcomes = ["kill"] if options.mode.endswith("kills") else options.errors.split(",")
    if options.mode in ("storm", "hands"):
        tally = Storm(options.probe, options.writers, has_hands=options.mode == "hands")
        tally.rage(options.seconds)
        done = f"{tally.kills} kills, {tally.records} records"
    else:
        faults = seal_faults if options.mode.startswith("seal") else write_faults
        tally = Tally()
        done = f"{faults(options.probe, outcomes, tally)} faults"
    for problem in tally.problems[:40]:
        print(problem)
    print(f"{options.mode}: {done}, {len(tally.problems)} problems, seed {options.seed}")
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
