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
        for now in range(4):
            for driver in drivers if now % 2 else reversed(drivers):
                driver.append(now)
                driver.do("synchronize")
        for driver in drivers:
            driver.do("tick 4")
        was_killed = victim.end() == -signal.SIGKILL
        closed = self.rotated()
        for driver in drivers:
            if driver is not victim:
                # The first by a clock that is behind, for which no rollover is due.
                for now in (0, 4, 5):
                    driver.append(now)
                if driver.end() != 0 or driver.count != 14 or not driver.is_alive:
                    self.accounts.problems.append("the survivor failed")
        heir = Driven(self, "heir", "", 5)
        heir.append(6)
        heir.end()
        if len([a for a in self.accounts.acknowledged if a[0] != "v"]) != 16:
            self.accounts.problems.append("a process without faults was refused")
        if closed.items() - self.rotated().items():
            self.accounts.problems.append("a rotated file has changed")
        # One fault may cost one append, not what follows.
        if not was_killed and "kill" not in faults and len(self.accounts.refused) > 4:
            self.accounts.problems.append(f"refused: {self.accounts.refused}")
        return was_killed or self.accounts.failure_count > 0

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
