# SPDX-License-Identifier: Apache-2.0
"""How long an append takes while files are rotated and sealed, and while none is."""

import os
import subprocess
import tempfile
from typing import Dict, List

# A year of them is longer than a test: nothing is rotated.
NEVER = 10**12
BULK = ["bytes=100000", "batch=1", "pause=10000"]


def measure(probe: str, seconds: float) -> str:
    """Takes turns between both, beside a writer of about 5 MB/s, and says the quantiles."""
    took: Dict[int, List[int]] = {100: [], NEVER: []}
    rounds = max(1, int(seconds / 4))
    for _ in range(rounds):
        for slot, all_of_slot in took.items():
            all_of_slot += once(probe, slot, int(seconds / rounds / 2 * 1000))
    return "\n".join(
        f"append of 200 bytes, {what}: "
        + ", ".join(f"{name} {quantile(took[slot], q):,.0f} µs" for name, q in
                    [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("longest", 1)])
        for what, slot in [("a rollover each 100 ms and sealing", 100), ("neither", NEVER)])


def once(probe: str, slot: int, count: int) -> List[int]:
    with tempfile.TemporaryDirectory(prefix="cordwood-latency.") as place:
        path = os.path.join(place, "app.log")
        others = [subprocess.Popen(
            [probe, "append", f"path={path}", "id=bulk", f"slot={slot}"] + BULK,
            stdout=subprocess.DEVNULL)]
        if slot != NEVER:
            others.append(subprocess.Popen(
                [probe, "seal", f"directory={place}", "passes=1000000", "pause=50"],
                stdout=subprocess.DEVNULL))
        try:
            done = subprocess.run(
                [probe, "latency", f"path={path}", f"count={count}", f"slot={slot}"], text=True,
                stdout=subprocess.PIPE, check=True)
        finally:
            for other in others:
                other.kill()
                other.wait()
    return [int(line) for line in done.stdout.split()]


def quantile(nanoseconds: List[int], q: float) -> float:
    ordered = sorted(nanoseconds)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] / 1000
