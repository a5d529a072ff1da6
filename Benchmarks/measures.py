# SPDX-License-Identifier: Apache-2.0
"""The measurements and their sources: wrk, procfs, and the files themselves."""

import glob
import gzip
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CROWD = os.path.join(HERE, "../Tests/ServiceTests/Clients/slow.py")
MARK = b'"trace"'  # stands once in every record
# Records a request, and their media type.
PAYLOADS = {
    "single": (1, "application/json"), "batch10": (10, "application/x-ndjson"),
    "batch100": (100, "application/x-ndjson"), "batch1000": (1000, "application/x-ndjson"),
}
CLIENT_CORE, SERVER_CORE = "0", "1"


def record(rng):
    """A record of 190 bytes."""
    fields = {
        "ts": "2026-11-23T10:%02d:%02d.%06dZ" % (rng.randrange(60), rng.randrange(60), rng.randrange(10**6)),
        "level": rng.choice(["info"] * 8 + ["warn", "error"]),
        "service": rng.choice(["checkout", "cart", "search", "payments"]),
        "trace": "%032x" % rng.getrandbits(128),
        "msg": "GET /items/%d %d" % (rng.randrange(10**5), rng.choice([200, 200, 404, 500])),
    }
    fields["pad"] = "x" * (190 - len(json.dumps(fields, separators=(",", ":"))))
    return json.dumps(fields, separators=(",", ":"))


def write_bodies(work):
    """Bodies of requests, for wrk, in a folder for each payload."""
    for name, (records, _) in PAYLOADS.items():
        rng = random.Random(records)
        os.makedirs(f"{work}/{name}")
        for index in range(16):
            with open(f"{work}/{name}/{index}", "w") as body:
                body.write("\n".join(record(rng) for _ in range(records)))


def post(port, payload, work, connections, seconds, path="/logs", media_type=None, records=None):
    """Runs wrk for that time; returns its counts, and the number of acknowledged records.

    The media type and the number of records a request are those of the payload, unless they are given.
    """
    wrk = subprocess.run(
        ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
         "-s", f"{HERE}/load.lua", f"http://127.0.0.1:{port}"],
        env=os.environ | {"BODIES": f"{work}/{payload}", "TYPE": media_type or PAYLOADS[payload][1], "TARGET": path},
        capture_output=True, text=True, check=True)
    counted = json.loads(wrk.stdout.strip().splitlines()[-1])
    counted["acknowledged"] = (counted["requests"] - counted["refused"]) * (records or PAYLOADS[payload][0])
    counted["rate"] = counted["acknowledged"] / counted["seconds"]
    return counted


def found_records(logs):
    count = 0
    for path in glob.glob(f"{logs}/app.log*"):
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as lines:
            count += sum(line.count(MARK) for line in lines)
    return count


class Crowd:
    """Slow or idle connections of a process on the client's core."""

    def __init__(self, port, count, kind, seconds=5, *options):
        self.process = subprocess.Popen(
            ["taskset", "-c", CLIENT_CORE, sys.executable, "-B", CROWD, str(port), str(count), kind, str(seconds),
             *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            sys.exit(f"{count} connections cannot be opened")  # It has said why.

    def end(self):
        """Closes them; returns the number of those that had ended before, by status."""
        return json.loads(self.process.communicate("")[0])


def processes(root):
    found = [root]
    for pid in found:
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                found += map(int, children.read().split())
        except OSError:
            pass
    return found


def cpu_seconds(root):
    """Processor time so far, with all remaining children and threads."""
    nanoseconds = 0
    for pid in processes(root):
        for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
            with open(path) as stat:
                nanoseconds += int(stat.read().split()[0])
    return nanoseconds / 1e9


def proportional_kib(root):
    """Memory; pages that several processes share count once."""
    total = 0
    for pid in processes(root):
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total


def socket_buffer_kib():
    """The kernel's buffers of all TCP sockets of the machine: /proc/net/sockstat."""
    with open("/proc/net/sockstat") as table:
        words = next(line.split() for line in table if line.startswith("TCP:"))
    return int(words[words.index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(port, process):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{process.args[3]} does not listen on {port}")


def medians(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}
