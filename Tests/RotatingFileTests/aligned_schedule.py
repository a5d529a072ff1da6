# SPDX-License-Identifier: Apache-2.0
"""Checks RotatingFileProbe's aligned schedules against the zones' own rules, by brute force.

    python3 aligned_schedule.py PROBE CASES SEED

Python's zoneinfo reads the rules on its own. The clock on the wall is watched instant by instant,
in steps of a minute (of a second for S), and a rollover is wherever the definition holds; nothing
is searched for or computed ahead.
"""

import random
import sys
from datetime import datetime, timedelta, timezone
from typing import List
from zoneinfo import ZoneInfo

from schedule_cases import (
    Case, ask, finish, installed_zones, jumps, random_start, random_time_of_day, use_zone)

UNITS = {"S": 1, "M": 60, "H": 3600, "D": 86400, "MIDNIGHT": 86400}
EPOCH = datetime(1970, 1, 1)
DAY = 86400
FORMATS = {"S": "%Y-%m-%d_%H-%M-%S", "M": "%Y-%m-%d_%H-%M", "H": "%Y-%m-%d_%H"}


class Wall:
    """What the wall shows, as seconds since 1970 on that wall."""

    def __init__(self, case: Case) -> None:
        self.zone = timezone.utc if case.utc else ZoneInfo(case.zone)

    def shows(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self.zone).replace(tzinfo=None)

    def reading(self, instant: int) -> int:
        since = self.shows(instant) - EPOCH
        return since.days * DAY + since.seconds


def slot(reading: int, length: int) -> tuple:
    return reading // DAY, reading % DAY // length


def boundaries_of_slots(wall: Wall, length: int, begin: int, end: int, step: int) -> List[int]:
    found = []
    before = wall.reading(begin - step)
    for instant in range(begin, end, step):
        now = wall.reading(instant)
        if now % DAY % length == 0 or slot(now, length) != slot(before, length):
            found.append(instant)
        before = now
    return found


def boundaries_of_wall_times(
        wall: Wall, is_wanted, begin: int, end: int, step: int) -> List[int]:
    """Where the wall first shows a wanted time, or more than one that it leaves out."""
    found = []
    furthest = max(wall.reading(t) for t in range(begin - 30 * 3600, begin, step))
    for instant in range(begin, end, step):
        now = wall.reading(instant)
        if any(is_wanted(t) for t in range(furthest + 60, now + 1, 60)):
            found.append(instant)
        furthest = max(furthest, now)
    return found


def wanted_times(case: Case):
    """Tells of a reading whether a rollover is due at it."""
    days = UNITS.get(case.when, DAY) * case.interval // DAY
    at = 0
    if case.at != "-":
        parts = [int(part) for part in case.at.split(":")] + [0]
        at = parts[0] * 3600 + parts[1] * 60 + parts[2]

    def on_this_day(reading: int) -> bool:
        day, time_of_day = divmod(reading, DAY)
        if time_of_day != at:
            return False
        if not case.when.startswith("W"):
            return day % days == 0
        if case.at == "-":
            day -= 1  # The midnight that ends the day.
        first = next(d for d in range(7) if (EPOCH + timedelta(d)).weekday() == int(case.when[1]))
        return (day - first) % (7 * case.interval) == 0

    return on_this_day


def expected(case: Case) -> str:
    wall = Wall(case)
    unit = 7 * DAY if case.when.startswith("W") else UNITS[case.when]
    length = unit * case.interval
    step = 1 if case.when == "S" else 60
    # Wide enough for the rollover before the first one, and for `count` of them, though a jump
    # makes one late: a slot at most doubles, for only a jump shorter than it stays inside it, and
    # no jump is longer than a day.
    slack = length if length < DAY else DAY + 3600
    begin = case.start - length - slack - step
    begin -= begin % step
    end = case.start + case.count * (length + slack) + step
    if length < DAY:
        found = boundaries_of_slots(wall, length, begin, end, step)
    else:
        found = boundaries_of_wall_times(wall, wanted_times(case), begin, end, step)
    coming = [t for t in found if t > case.start][:case.count]
    starts = [max(t for t in found if t < instant) for instant in coming]
    style = FORMATS.get(case.when, "%Y-%m-%d")
    return " ".join(
        "%d:%s" % (instant, wall.shows(start).strftime(style))
        for instant, start in zip(coming, starts))


def random_case(rng: random.Random, zone: str, zone_jumps: List[int]) -> Case:
    when = rng.choice(["S", "S"] + ["M", "H"] * 4 + ["D"] + ["MIDNIGHT"] * 4 + ["W"])
    start = random_start(rng, zone_jumps)
    at, count = None, 3
    if when == "S":
        interval = rng.choice([1, 7, 30, 60, 900])
    elif when == "M":
        interval = rng.choice([1, 5, 7, 15, 30, 60, 90, rng.randrange(1, 1440)])
    elif when == "H":
        interval = rng.choice([1, 1, 2, 5, 6, 12, 24])
    else:
        interval, count = rng.choice([1, 1, 2, 3]), 2
        if when != "D":
            at = random_time_of_day(rng, start)
        if at:
            at = at[:5]  # The wall is watched by the minute.
        if when == "W":
            when, interval, count = "W%d" % rng.randrange(7), rng.choice([1, 1, 1, 2]), 1
    return Case(zone, when, interval, at or "-", int(rng.random() < 0.05), 1, start, count, 0)


def main() -> None:
    probe, wanted, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    print("CPython %s, zoneinfo, seed %d" % (sys.version.split()[0], seed))
    zones = installed_zones()
    checked, wrong = 0, []
    for index, zone in enumerate(zones):
        use_zone(zone)
        zone_jumps = jumps()
        count = wanted // len(zones) + (1 if index < wanted % len(zones) else 0)
        cases = [random_case(rng, zone, zone_jumps) for _ in range(count)]
        for case, answer in zip(cases, ask(probe, cases)):
            right = expected(case)
            if answer != right:
                wrong.append("%r\n  probe %s\n  zone  %s" % (case, answer, right))
        checked += count
    finish("aligned", checked, wrong)


main()
