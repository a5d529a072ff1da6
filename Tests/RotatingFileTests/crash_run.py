# SPDX-License-Identifier: Apache-2.0
"""One directory, the processes that work in it, and what they answered."""

import os
import signal
import subprocess
import tempfile
from typing import Dict, List

from crash_accounts import Accounts


class Driven:
    """A probe that does one thing after the other, as it is told."""

    started: List[subprocess.Popen] = []

    def __init__(self, run: "Run", name: str, faults: str, now: int) -> None:
        self.run, self.name, self.count = run, name, 0
        self.process = subprocess.Popen(
            [run.probe, "drive", f"path={run.path}", f"now={now}", "durable=1"],
            env={**os.environ, "CORDWOOD_FAULTS": faults}, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.started.append(self.process)
        self.is_alive = self.answered()

    def answered(self) -> bool:
        for line in self.process.stdout:
            self.run.accounts.note(line)
            if line[0] in "+-":
                return True
        return False

    def do(self, command: str) -> None:
        if self.is_alive:
            try:
                self.process.stdin.write(command + "\n")
                self.is_alive = self.answered()
            except BrokenPipeError:
                self.is_alive = False

    def append(self, now: int) -> None:
        ids = [f"{self.name}-{self.count + k}" for k in range(2)]
        self.count += 2
        self.do(f"append {now} 40 " + " ".join(ids))

    def end(self) -> int:
        self.process.stdin.close()
        self.process.stdout.close()
        self.started.remove(self.process)
        return self.process.wait(timeout=20)


class Run:
    """One directory and what happens in it."""

    def __init__(self, probe: str) -> None:
        self.probe, self.accounts = probe, Accounts()
        self.place = tempfile.TemporaryDirectory(prefix="cordwood-crash.")
        self.path = os.path.join(self.place.name, "app.log")

    def write(self, faults: str, survivor_first: bool) -> bool:
        """Two take turns, one of them faulty; true when the fault was reached."""
        drivers = [Driven(self, "survivor", "", 0)] if survivor_first else []
        victim = Driven(self, "victim", faults, 0)
        drivers.append(victim)
        if not survivor_first:
            drivers.append(Driven(self, "survivor", "", 0))
        survivor = next(driver for driver in drivers if driver is not victim)
        for now in range(5):
            for driver in drivers if now % 2 else reversed(drivers):
                was_alive = victim.is_alive
                driver.append(now)
                driver.do("synchronize")
                if was_alive and not victim.is_alive:
                    self.go_on_by_a_clock_that_is_behind(survivor, now - 1)
        for driver in drivers:
            driver.do("tick 5")
        was_killed = victim.end() == -signal.SIGKILL
        survivor.append(6)
        heir = Driven(self, "heir", "", 6)
        heir.append(7)
        for driver in (survivor, heir):
            if not driver.is_alive or driver.end() != 0:
                self.accounts.problems.append(f"{driver.name} failed")
        if [name for name in self.accounts.refused if not name.startswith("victim")]:
            self.accounts.problems.append("a process without faults was refused")
        # One fault may cost one append, not what follows.
        if "kill" not in faults and len(self.accounts.refused) > 4:
            self.accounts.problems.append(f"refused: {self.accounts.refused}")
        return was_killed or self.accounts.failure_count > 0

    def go_on_by_a_clock_that_is_behind(self, survivor: Driven, now: int) -> None:
        """For it no rollover is due, but it must not go on in a file that was rotated."""
        closed = self.rotated()
        survivor.append(now)
        if closed != self.rotated():
            self.accounts.problems.append("a rotated file has changed")

    def rotated(self) -> Dict[str, int]:
        names = [name for name in os.listdir(self.place.name) if name.startswith("app.log.")]
        return {name: os.stat(os.path.join(self.place.name, name)).st_size for name in names}

    def seal(self, faults: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.probe, "seal", f"directory={self.place.name}"], text=True, timeout=20,
            env={**os.environ, "CORDWOOD_FAULTS": faults}, stdout=subprocess.PIPE)

    def settle(self, what: str) -> List[str]:
        self.seal()
        self.accounts.settle(self.place.name)
        if not any(name.endswith(".gz") for name in os.listdir(self.place.name)):
            self.accounts.problems.append("nothing was sealed")
        self.place.cleanup()
        return [f"{what}: {problem}" for problem in self.accounts.problems]


class Watchdog:
    """Nothing may hang: what does is killed and reported."""

    def __init__(self, what: str, problems: List[str]) -> None:
        self.what, self.problems = what, problems

    def __enter__(self) -> None:
        def bark(*_) -> None:
            raise TimeoutError
        signal.signal(signal.SIGALRM, bark)
        signal.alarm(20)

    def __exit__(self, kind, *_) -> bool:
        signal.alarm(0)
        if kind not in (TimeoutError, subprocess.TimeoutExpired):
            return False
        self.problems.append(f"{self.what}: hangs")
        while Driven.started:
            Driven.started.pop().kill()
        return True
