"""Kills and starves processes that append to, roll over and seal one file, and counts what is left.

crash_campaign.py PROBE kills|errors|seal-kills|seal-errors|storm|hands [--seconds N] [--writers N] [--seed N]

Prints a line for each problem and a summary; exits with 1 when there was one.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from typing import List, Optional

from crash_run import Driven, Run, Watchdog

# All that appending, rolling over and sealing call. One that a run does not reach costs one run.
CALLS = ["flock", "fstat", "stat", "open", "write", "renameat2", "ftruncate", "mmap", "statfs",
         "pread", "read", "unlink", "lseek", "fchmod", "futimens", "fdatasync", "fsync"]
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


def write_faults(probe: str, outcomes: List[str], problems: List[str]) -> int:
    def attempt(faults: str, survivor_first: bool = True) -> bool:
        run, what = Run(probe), f"{faults} survivor_first={survivor_first}"
        with Watchdog(what, problems):
            was_reached = run.write(faults, survivor_first)
            problems.extend(run.settle(what))
            return was_reached
        return True

    count = 0
    for order in (True, False):
        count += each_fault(outcomes, lambda faults: attempt(faults, order))
    for faults in TWICE if outcomes != ["kill"] else []:
        count += attempt(faults)
    return count


def seal_faults(probe: str, outcomes: List[str], problems: List[str]) -> int:
    def attempt(faults: str) -> bool:
        run = Run(probe)
        run.write("", True)
        with Watchdog(faults, problems):
            ended = run.seal(faults)
            problems.extend(run.settle(faults))
            return ended.returncode == -signal.SIGKILL or "!" in ended.stdout
        return True

    return each_fault(outcomes, attempt)


class Storm:
    """Writers and a sealer under kill -9 and SIGSTOP, as fast as they go."""

    def __init__(self, probe: str, writers: int, byte_count: int, has_hands: bool) -> None:
        self.has_hands = has_hands
        self.run, self.byte_count, self.started = Run(probe), byte_count, 0
        self.outputs: List[str] = []
        self.logs = tempfile.TemporaryDirectory(prefix="cordwood-storm.")
        self.processes = [self.start(k) for k in range(writers + 1)]

    def start(self, position: int) -> subprocess.Popen:
        self.started += 1
        if position == 0:
            return subprocess.Popen(
                [self.run.probe, "seal", f"directory={self.run.place.name}", "passes=1000000",
                 "pause=5"], stdout=subprocess.DEVNULL)
        output = os.path.join(self.logs.name, str(self.started))
        self.outputs.append(output)
        with open(output, "wb") as file:
            return subprocess.Popen(
                [self.run.probe, "append", f"path={self.run.path}", f"id=w{self.started}",
                 f"bytes={self.byte_count}", "slot=50"], stdout=file)

    def strike(self) -> None:
        position = random.randrange(len(self.processes))
        victim = self.processes[position]
        if self.has_hands and random.random() < 0.2:
            return self.meddle()
        if random.random() < 0.1:
            victim.send_signal(signal.SIGSTOP)
            time.sleep(random.uniform(0, 0.2))
            victim.send_signal(signal.SIGCONT)
            return
        victim.kill()
        victim.wait()
        self.processes[position] = self.start(position)

    def meddle(self) -> None:
        """What hands do: move the file to a name like ours, or remove the state page."""
        try:
            if random.random() < 0.5:
                os.rename(self.run.path, f"{self.run.path}.1999-01-01_00-00-00.{self.started}")
                self.started += 1
            else:
                os.unlink(os.path.join(self.run.place.name, ".app.log.state"))
        except FileNotFoundError:
            pass  # A rollover was faster.

    def end(self) -> List[str]:
        for process in self.processes:
            process.kill()
            process.wait()
        for output in self.outputs:
            with open(output) as file:
                for line in file:
                    self.run.accounts.note(line)
        heir = Driven(self.run, "heir", "", int(time.time() * 20) + 2)
        heir.append(int(time.time() * 20) + 3)
        heir.end()
        problems = self.run.settle("storm")
        # With the page, or by a move that nobody saw, the length goes that tells a dead process's
        # tail: it stays, on a line of its own. What was acknowledged must be whole all the same.
        return [p for p in problems if not (self.has_hands and " torn in " in p)]


def storm(
    probe: str, seconds: float, writers: int, has_hands: bool, problems: List[str]
) -> str:
    kills = records = rounds = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        current = Storm(probe, writers, (300_000, 100)[rounds % 2], has_hands)
        rounds += 1
        until = min(deadline, time.monotonic() + 2)
        while time.monotonic() < until:
            time.sleep(random.uniform(0, 0.03))
            current.strike()
            kills += 1
        problems.extend(current.end())
        records += len(current.run.accounts.acknowledged)
    return f"{kills} kills, {records} records"


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
    problems: List[str] = []
    if options.mode in ("storm", "hands"):
        done = storm(
            options.probe, options.seconds, options.writers, options.mode == "hands", problems)
    else:
        faults = seal_faults if options.mode.startswith("seal") else write_faults
        done = f"{faults(options.probe, outcomes, problems)} faults"
    for problem in problems[:40]:
        print(problem)
    print(f"{options.mode}: {done}, {len(problems)} problems, seed {options.seed}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
