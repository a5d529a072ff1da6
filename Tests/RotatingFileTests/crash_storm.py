# SPDX-License-Identifier: Apache-2.0
"""Writers and a sealer under kill -9, SIGSTOP, clock steps and hands, as fast as they go."""

import mmap
import os
import random
import resource
import signal
import struct
import subprocess
import tempfile
import time
from typing import Dict, List, Optional

from crash_accounts import Tally
from crash_run import Driven, Run

SLOT_MILLISECONDS = 100


class Storm(Tally):
    """Rounds of it, each in a directory of its own, and what they come to.

    Processes live at least `calm` seconds on average; `pause` is that between two appends, in
    microseconds; `weakened` is the safeguard that the writers do without. The write that brings a
    file to `file_limit` bytes is cut there, and its process dies of it (setrlimit(2)).
    """

    def __init__(
        self, probe: str, writers: int, has_hands: bool = False, steps_clock: bool = False,
        pause: int = 0, byte_counts: tuple = (100_000, 100), calm: float = 0.015,
        weakened: Optional[str] = None, file_limit: int = resource.RLIM_INFINITY
    ) -> None:
        self.probe, self.writers, self.calm = probe, writers, calm
        self.has_hands, self.steps_clock, self.pause = has_hands, steps_clock, pause
        self.byte_counts, self.weakened, self.file_limit = byte_counts, weakened, file_limit
        super().__init__()
        self.kills = 0

    def rage(self, seconds: float, round_seconds: float = 2) -> None:
        deadline = time.monotonic() + seconds
        rounds = 0
        while time.monotonic() < deadline:
            current = Round(self, self.byte_counts[rounds % len(self.byte_counts)])
            rounds += 1
            until = min(deadline, time.monotonic() + round_seconds)
            while time.monotonic() < until:
                time.sleep(random.uniform(0, 2 * self.calm))
                current.strike()
            self.kills += current.kills
            self.problems += current.end()
            self.add(current.run.accounts)


class Round:
    """One directory: its processes, its clock and the blows they take."""

    def __init__(self, storm: Storm, byte_count: int) -> None:
        self.storm, self.byte_count = storm, byte_count
        self.run, self.started, self.kills = Run(storm.probe), 0, 0
        self.outputs: List[str] = []
        self.stopped: Dict[int, float] = {}
        self.logs = tempfile.TemporaryDirectory(prefix="cordwood-storm.")
        self.clock_path = os.path.join(self.logs.name, "clock")
        with open(self.clock_path, "w+b") as file:
            file.write(bytes(8))
            file.flush()
            self.clock = mmap.mmap(file.fileno(), 8)
        self.processes = [self.start(k) for k in range(storm.writers + 1)]

    def start(self, position: int) -> subprocess.Popen:
        self.started += 1
        if position == 0:
            return subprocess.Popen(
                [self.run.probe, "seal", f"directory={self.run.place.name}", "passes=1000000",
                 "pause=5"], stdout=subprocess.DEVNULL)
        output = os.path.join(self.logs.name, str(self.started))
        self.outputs.append(output)
        environment = dict(os.environ)
        if self.storm.weakened:
            environment["CORDWOOD_WEAKEN"] = self.storm.weakened
        with open(output, "wb") as file:
            process = subprocess.Popen(
                [self.run.probe, "append", f"path={self.run.path}", f"id=w{self.started}",
                 f"bytes={self.byte_count}", f"slot={SLOT_MILLISECONDS}",
                 f"pause={self.storm.pause}", f"clock={self.clock_path}"],
                stdout=file, env=environment)
        limit = self.storm.file_limit
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        return process

    def strike(self) -> None:
        self.wake()
        chance = random.random()
        if self.storm.has_hands and chance < 0.2:
            self.meddle()
        elif self.storm.steps_clock and chance < 0.25:
            self.clock[:] = struct.pack("=q", random.randint(-500, 500))
        elif chance < 0.33:
            self.stop(random.randrange(len(self.processes)))
        else:
            self.kill(random.randrange(len(self.processes)))

    def kill(self, position: int) -> None:
        self.stopped.pop(position, None)
        self.processes[position].kill()
        self.processes[position].wait()
        self.kills += 1
        self.processes[position] = self.start(position)

    def stop(self, position: int) -> None:
        self.processes[position].send_signal(signal.SIGSTOP)
        self.stopped[position] = time.monotonic() + random.uniform(0, 0.3)

    def wake(self) -> None:
        for position, until in list(self.stopped.items()):
            if until <= time.monotonic():
                self.processes[position].send_signal(signal.SIGCONT)
                del self.stopped[position]

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
        self.kills += len(self.processes)
        for output in self.outputs:
            with open(output) as file:
                for line in file:
                    self.run.accounts.note(line)
        slot = int(time.time() * 1000 / SLOT_MILLISECONDS)
        heir = Driven(self.run, "heir", "", slot + 2)
        heir.append(slot + 3)
        heir.end()
        self.clock.close()
        self.logs.cleanup()
        problems = self.run.settle("storm")
        if not self.storm.has_hands:
            return problems
        # With the page, or by a move that nobody saw, the length goes that tells a dead process's
        # tail: it stays, on a line of its own. An acknowledged line that is torn counts as lost.
        self.run.accounts.torn = 0
        return [problem for problem in problems if "torn in " not in problem]
