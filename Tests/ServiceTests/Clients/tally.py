# SPDX-License-Identifier: Apache-2.0
"""Compares what stands in the files of a stream with what load.py has noted.

    tally.py DIRECTORY STREAM OUTCOMES

Prints one object; everything in it but `acked`, `found`, `files` and `compressed` should be empty.
"""
import collections
import glob
import gzip
import json
import subprocess
import sys


def lines(path):
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        yield from file


def main():
    directory, stream, outcomes = sys.argv[1:4]
    files = sorted(glob.glob(glob.escape(f"{directory}/{stream}.log") + "*"))
    compressed = [path for path in files if path.endswith(".gz")]
    damaged = [p for p in compressed if subprocess.run(["gzip", "-t", p]).returncode != 0]
    both = [path for path in compressed if path[:-3] in files]
    found, torn = collections.Counter(), []
    for path in files:
        if path in damaged:
            continue
        for line in lines(path):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("no end")
                found[json.loads(line)["id"]] += 1
            except (ValueError, KeyError, TypeError):
                torn.append(f"{path}: {line[:200]!r}")
    named = collections.defaultdict(set)
    with open(outcomes) as file:
        for line in file:
            word, name = line.split()
            named[word].add(name)
    wrong = set(found) - named["acked"] - named["unknown"]
    print(
        json.dumps(
            {
                "acked": len(named["acked"]),
                "unknown": len(named["unknown"]),
                "found": sum(found.values()),
                "files": len(files),
                "compressed": len(compressed),
                "missing": sorted(named["acked"] - set(found))[:20],
                "doubled": sorted(name for name, count in found.items() if count > 1)[:20],
                "unwanted": sorted(wrong)[:20],
                "torn": torn[:20],
                "damaged": damaged,
                "both": both,
            }
        )
    )


main()
