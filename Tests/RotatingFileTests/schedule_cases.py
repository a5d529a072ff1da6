# SPDX-License-Identifier: Apache-2.0
"""Random rotation schedules, and RotatingFileProbe's answers to them."""

import os
import random
import subprocess
import time
from typing import List, NamedTuple, Optional

# Each is odd in its own way: half an hour of daylight saving, a negative one, a day left out,
# midnights left out or shown twice, offsets of quarters of an hour, changes at one minute past
# midnight, rules that were given up.
ZONES = [
    "UTC", "America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe",
    "Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "Pacific/Kwajalein",
    "America/Sao_Paulo", "Asia/Beirut", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham",
    "America/St_Johns", "America/Havana", "Asia/Gaza", "Asia/Tehran", "Europe/Istanbul",
    "America/Caracas", "Asia/Pyongyang", "Antarctica/Troll", "America/Nuuk", "Africa/Cairo",
    "Pacific/Kiritimati", "America/Asuncion",
]
DIRECTORY = os.environ.get("TZDIR", "/usr/share/zoneinfo")
FIRST, LAST = 631152000, 2871763200  # 1990 to 2060


class Case(NamedTuple):
    """One question to the probe, in the order of its fields."""

    zone: str
    when: str
    interval: int
    at: str
    utc: int
    aligned: int
    start: int
    count: int
    late: int

    def line(self) -> str:
        return "\t".join(map(str, self))


def use_zone(name: str) -> None:
    os.environ["TZ"] = name
    time.tzset()


def installed_zones() -> List[str]:
    zones = [z for z in ZONES if z == "UTC" or os.path.exists(os.path.join(DIRECTORY, z))]
    if len(zones) < len(ZONES) // 2:
        raise SystemExit("the zoneinfo database is missing: install tzdata")
    return zones


def jumps() -> List[int]:
    """The instants since 1990 at which the current zone's offset changes."""
    found = []
    step = 43200
    previous = time.localtime(FIRST).tm_gmtoff
    for instant in range(FIRST + step, LAST, step):
        offset = time.localtime(instant).tm_gmtoff
        if offset != previous:
            found.append(first_with(offset, instant - step, instant))
            previous = offset
    return found


def first_with(offset: int, low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if time.localtime(middle).tm_gmtoff == offset:
            high = middle
        else:
            low = middle
    return high


def random_start(rng: random.Random, zone_jumps: List[int]) -> int:
    """Any instant, or one near a jump, or one on a full minute near it."""
    if not zone_jumps or rng.random() < 0.4:
        return rng.randrange(FIRST, LAST)
    start = rng.choice(zone_jumps) + rng.choice(
        [rng.randrange(-90000, 90000), rng.randrange(-8000, 8000), rng.randrange(-3, 4)])
    return start - start % 60 if rng.random() < 0.2 else start


def random_time_of_day(rng: random.Random, start: int) -> Optional[str]:
    if rng.random() < 0.3:
        return None
    if rng.random() < 0.4:  # near the start, which may be near a jump
        return time.strftime("%H:%M", time.localtime(start + rng.randrange(-8000, 8000)))
    if rng.random() < 0.5:  # where zones change their clocks
        return "%02d:%02d" % (rng.choice([0, 0, 1, 2, 3, 23]), rng.choice([0, 1, 15, 30, 59]))
    return "%02d:%02d:%02d" % (rng.randrange(24), rng.randrange(60), rng.randrange(60))


def ask(probe: str, cases: List[Case]) -> List[str]:
    """The probe's answers, one for each case."""
    question = "".join(case.line() + "\n" for case in cases)
    answer = subprocess.run(
        [probe, "schedule"], input=question, stdout=subprocess.PIPE, check=True,
        universal_newlines=True)
    lines = answer.stdout.splitlines()
    if len(lines) != len(cases):
        raise SystemExit("the probe answered %d of %d cases" % (len(lines), len(cases)))
    return lines


def finish(kind: str, checked: int, wrong: List[str]) -> None:
    """Prints the verdict as the last line; exit status 1 if anything differed."""
    for line in wrong[:10]:
        print(line)
    print("%s: %d cases, %d differ" % (kind, checked, len(wrong)))
    raise SystemExit(1 if wrong or not checked else 0)
