# SPDX-License-Identifier: Apache-2.0
"""Compares a text that was sent with the records of a stream, which must be its lines.

    compare.py lines|ndjson TEXT DIRECTORY STREAM

As lines, each record is {"message": line} and its time of receipt; as NDJSON it is the line itself. Prints one object.
"""
import collections
import glob
import gzip
import json
import sys


def sent(kind, path):
    with open(path, "rb") as file:
        for line in file.read().split(b"\n"):
            line = line.removesuffix(b"\r").decode("utf-8", "replace")
            if line.strip(" \t\r"):
                yield line if kind == "lines" else json.dumps(json.loads(line), sort_keys=True)


def found(kind, directory, stream):
    for path in glob.glob(glob.escape(f"{directory}/{stream}.log") + "*"):
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
            for line in file:
                assert line.endswith(b"\n"), line
                record = json.loads(line)
                if kind == "lines":
                    assert list(record) == ["message", "cordwood_received_at"], record
                    yield record["message"]
                else:
                    yield json.dumps(record, sort_keys=True)


def main():
    kind, path, directory, stream = sys.argv[1:5]
    there = collections.Counter(sent(kind, path))
    here = collections.Counter(found(kind, directory, stream))
    print(
        json.dumps(
            {
                "sent": sum(there.values()),
                "found": sum(here.values()),
                "missing": list((there - here).elements())[:5],
                "unwanted": list((here - there).elements())[:5],
            }
        )
    )


main()
