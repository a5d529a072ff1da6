# SPDX-License-Identifier: Apache-2.0
"""Everything that a rotating file must survive, and that the harness would notice if it did not.

campaign.py --probe RotatingFileProbe [--service cordwood] [--seconds N] [--only PART,...] [--seed N]

Prints a table; exits with 1 when a record was lost, doubled or torn where none may be, and when
what has to lose some loses none. The probe must be a debug build.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Dict, List, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "RotatingFileTests"))

import latency  # noqa: E402
import seed  # noqa: E402
import service  # noqa: E402
from crash_campaign import ERRORS, seal_faults, write_faults  # noqa: E402
from crash_storm import Storm  # noqa: E402
from table import Row, show  # noqa: E402

WRITERS = 8
DEFAULT_SECONDS = 300
# Kills of the writers and the sealer in so many seconds, at least.
KILLS = 2000


def storms(options: argparse.Namespace, seconds: float) -> List[Row]:
    def row(name: str, share: float, kills: int = 0, **settings) -> Row:
        storm = Storm(options.probe, WRITERS, steps_clock=True, **settings)
        storm.rage(seconds * share)
        while storm.kills < kills and not storm.problems:
            storm.rage(2)
        return of_storm(Row(f"{WRITERS} writers, {name}"), storm)

    rows = [
        row("as fast as they go, to 100 KB a record", 0.25),
        row("and hands that move or remove files", 0.25, has_hands=True, byte_counts=(5000, 100)),
    ]
    missing = int(KILLS * options.seconds / DEFAULT_SECONDS) - sum(row.kills for row in rows)
    return rows + [row("500 appends/s each", 0.5, missing, pause=2000, byte_counts=(200,))]


def faults(options: argparse.Namespace, seconds: float) -> List[Row]:
    """Every call once and no time limit: a campaign that leaves some out has not shown it."""
    errors = ERRORS
    attacks = [
        (options.probe, attack, outcomes, f"{what} {where}")
        for what, outcomes in [
            ("kill before", ["kill"]), ("/".join(errors) + " at", errors)]
        for where, attack in [
            ("every call of append and rollover", write_faults),
            ("every call of sealing", seal_faults)]]
    with ProcessPoolExecutor(len(attacks), initializer=work_in_memory) as pool:
        return list(pool.map(each_fault_of, attacks))


def each_fault_of(attack: tuple) -> Row:
    probe, run, outcomes, name = attack
    row = Row(name)
    count = run(probe, outcomes, row)
    row.name += f" ({count})"
    row.kills = count if outcomes == ["kill"] else 0
    return row


def work_in_memory() -> None:
    """What is killed at a call needs no disk, and waits a thousand times for fsync on one."""
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"


def seeds(options: argparse.Namespace, seconds: float) -> List[Row]:
    return [
        seed.run("the seed's algorithm, as fast as it goes", WRITERS, seconds / 2, 0),
        seed.run("the seed's algorithm, 100 records/s each", WRITERS, seconds / 2, 0.01),
    ]


def weakened(options: argparse.Namespace, seconds: float) -> List[Row]:
    """Rounds until it fails, for as long as there is time."""
    rows = []
    # A kill hardly ever meets a write half-way: a limit of the file's size always does.
    settings = [
        ("lock", WRITERS, (100_000, 100), resource.RLIM_INFINITY),
        ("cut-back", 2, (100_000,), 1_234_567)]
    for safeguard, writers, byte_counts, file_limit in settings:
        deadline = time.monotonic() + max(20, seconds / 2)
        row = Row(f"without the safeguard {safeguard!r}", must_fail=True)
        storm = Storm(
            options.probe, writers, byte_counts=byte_counts, calm=0.05, weakened=safeguard,
            file_limit=file_limit)
        while not row.is_right and time.monotonic() < deadline:
            storm.rage(1)
            of_storm(row, storm)
        rows.append(row)
    return rows


def of_storm(row: Row, storm: Storm) -> Row:
    row.kills, row.rollovers, row.records = storm.kills, storm.rollovers, storm.records
    row.lost, row.doubled, row.torn = storm.lost, storm.doubled, storm.torn
    row.problems = storm.problems
    return row


def services(options: argparse.Namespace, seconds: float) -> List[Row]:
    def row(name: str, share: float, small_disk: bool) -> Row:
        return service.run(
            name, options.service, options.probe, seconds * share, small_disk)

    return [
        row("cordwood serve, 4 workers", 0.6, False),
        row("cordwood serve, 6 MB tmpfs filled and freed", 0.4, True),
    ]


# What there is, and its share of the time.
PARTS: Dict[str, tuple] = {
    "storms": (storms, 0.45),
    "faults": (faults, 0.15),
    "seed": (seeds, 0.05),
    "weakened": (weakened, 0.1),
    "service": (services, 0.2),
}


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--probe", required=True)
    parser.add_argument("--service")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
    parser.add_argument("--only", default=",".join(PARTS) + ",latency")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args(arguments)
    random.seed(options.seed)
    chosen = options.only.split(",")
    rows: List[Row] = []
    for name, (part, share) in PARTS.items():
        if name not in chosen:
            continue
        began = time.monotonic()
        rows += part(options, options.seconds * share)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(show(rows))
    if "latency" in chosen:
        print("\n" + latency.measure(options.probe, min(24, options.seconds * 0.05)))
    return conclude(rows, options.seed)


def conclude(rows: List[Row], number: int) -> int:
    wrong = [row for row in rows if not row.is_right]
    for row in wrong:
        for problem in row.problems[:20] if not (row.must_fail or row.may_fail) else []:
            print(f"{row.name}: {problem}")
    kills = sum(row.kills for row in rows if not row.must_fail)
    print(f"\n{kills:,} kills, {len(wrong)} of {len(rows)} rows are wrong, seed {number}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
