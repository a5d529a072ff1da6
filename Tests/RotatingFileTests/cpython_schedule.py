# SPDX-License-Identifier: Apache-2.0
"""Compares unaligned schedules with this interpreter's TimedRotatingFileHandler.

    python3.13 cpython_schedule.py PROBE CASES SEED

CPython 3.13 is the reference. Older releases are compared where their algorithm is the same: S, M,
H and D always; MIDNIGHT and W0 to W6 only with interval 1 in UTC and not begun at the very time of
day. 3.11.7, 3.12.1 and earlier ignore the interval there, and handle daylight saving and that
instant differently.
"""

import datetime
import logging.handlers
import random
import sys
import time
from typing import List

from schedule_cases import (
    Case, ask, finish, installed_zones, jumps, random_start, random_time_of_day, use_zone)

IS_REFERENCE = sys.version_info >= (3, 13)
CASES_PER_ZONE_AND_BATCH = 1000
BASE = "/nonexistent/app.log"


class Clock:
    """Stands in for the module `time` in logging.handlers; only `time()` is not the real one."""

    now = 0
    localtime = staticmethod(time.localtime)
    gmtime = staticmethod(time.gmtime)
    strftime = staticmethod(time.strftime)

    @classmethod
    def time(cls) -> float:
        return cls.now + 0.5


class Handler(logging.handlers.TimedRotatingFileHandler):
    """The real handler; it moves no file but remembers the name that it would have given."""

    rotated = ""

    def rotate(self, source: str, dest: str) -> None:
        self.rotated = dest[len(BASE) + 1:]


def expected(case: Case) -> str:
    Clock.now = case.start
    at = None if case.at == "-" else datetime.time.fromisoformat(case.at)
    handler = Handler(
        BASE, case.when, case.interval, delay=True, utc=bool(case.utc), atTime=at)
    answers = []
    for _ in range(case.count):
        rollover_at = handler.rolloverAt
        Clock.now = rollover_at + case.late
        handler.doRollover()
        answers.append("%d:%s" % (rollover_at, handler.rotated))
    handler.close()
    return " ".join(answers)


def random_case(rng: random.Random, zone: str, zone_jumps: List[int]) -> Case:
    when = rng.choice(["S", "M", "H", "D"] + ["MIDNIGHT"] * 4 + ["W%d" % rng.randrange(7)] * 4)
    timed = len(when) > 1
    interval = rng.choice([1, 1, rng.randrange(1, 8), rng.randrange(1, 400)])
    utc = rng.random() < 0.15
    if timed and not IS_REFERENCE:
        interval, utc = 1, True
    start = random_start(rng, zone_jumps)
    at = random_time_of_day(rng, start) if timed else None
    if timed and not IS_REFERENCE and is_on_time(start, at):
        start += 1
    late = rng.choice([0, 0, rng.randrange(0, 10), rng.randrange(0, 100000)])
    if timed and not IS_REFERENCE:
        late = max(late, 1)
    return Case(zone, when, interval, at or "-", int(utc), 0, start, 3, late)


def is_on_time(start: int, at: object) -> bool:
    midnight = start - start % 86400
    moment = datetime.time.fromisoformat(str(at or "00:00"))
    return start - midnight == (moment.hour * 60 + moment.minute) * 60 + moment.second


def main() -> None:
    probe, wanted, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    setattr(logging.handlers, "time", Clock)
    print("CPython %s, seed %d; compared: %s" % (
        sys.version.split()[0], seed, "everything" if IS_REFERENCE else
        "S, M, H, D; of MIDNIGHT and W0-W6 only interval 1 in UTC (older than 3.13)"))
    zones = {}
    for zone in installed_zones():
        use_zone(zone)
        zones[zone] = jumps()
    checked, wrong = 0, []
    while checked < wanted:
        zone = rng.choice(list(zones))
        use_zone(zone)
        count = min(CASES_PER_ZONE_AND_BATCH, wanted - checked)
        cases = [random_case(rng, zone, zones[zone]) for _ in range(count)]
        for case, answer in zip(cases, ask(probe, cases)):
            right = expected(case)
            if answer != right:
                wrong.append("%r\n  probe   %s\n  cpython %s" % (case, answer, right))
        checked += count
    finish("cpython", checked, wrong)


main()
