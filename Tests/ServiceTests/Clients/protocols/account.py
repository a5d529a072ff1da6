# SPDX-License-Identifier: Apache-2.0
"""Accounts of what a client sent, what it says became of it, and what stands in the files.

Every script beside this module sends through one real client:

    SCRIPT URL COUNT [--coding NAME] [--token SECRET] [--seconds N] [--directory DIR] [--stream NAME]

It prints one JSON object. `sent` to `silent` are numbers of records, by the client's own word:
`silent` are those of which the client says nothing. With --directory, `found` to `rejected` are
numbers of records in the files of the stream, and `wrong` names those that are not as expected.
With --ids the object has the ids of the records instead, for a caller that reads the files itself.
"""

import argparse
import collections
import gzip
import json
import os
import random
import re
import time
import urllib.parse

# An id has a name of its own for each run, and seven digits, so that none is the beginning of
# another.
ID = re.compile(rb"[g-z]{8}-[0-9]{7}")
SECONDS = 15


class Absent:
    """What a member of an expected record is that must not be there."""


class Account:
    """The records of one run of a client."""

    def __init__(self, *flags, codings=("none",), batch=100):
        parser = argparse.ArgumentParser()
        parser.add_argument("url", type=urllib.parse.urlsplit)
        parser.add_argument("count", type=int)
        parser.add_argument("--coding", choices=codings, default=codings[0])
        parser.add_argument("--token")
        parser.add_argument("--batch", type=int, default=batch)
        parser.add_argument("--seconds", type=float)
        parser.add_argument("--pause", type=float, default=0)
        parser.add_argument("--directory")
        parser.add_argument("--stream", default="app")
        parser.add_argument("--ids", action="store_true")
        for flag, choices in flags:
            parser.add_argument(flag, choices=choices, default=choices[0])
        self.options = parser.parse_args()
        self.url = self.options.url
        self.name = "".join(random.choices("ghijklmnopqrstuvwxyz", k=8))
        self.sent, self.accepted, self.failed = [], [], []
        self.said = collections.Counter()
        self.expected = {}

    @property
    def base(self):
        """The URL without a slash at its end."""
        return self.url.geturl().rstrip("/")

    @property
    def prefix(self):
        """The path of the URL, empty if there is none."""
        return self.url.path.rstrip("/")

    def batches(self):
        """Lists of new ids: `count` in all, or as many as there is time for."""
        deadline = time.monotonic() + (self.options.seconds or 0)
        while len(self.sent) < self.options.count or time.monotonic() < deadline:
            count = self.options.batch
            if not self.options.seconds:
                count = min(count, self.options.count - len(self.sent))
            ids = [f"{self.name}-{len(self.sent) + k:07}" for k in range(count)]
            self.sent += ids
            yield ids
            time.sleep(self.options.pause)

    def ids(self):
        """New ids, one by one."""
        self.options.batch = 1
        for batch in self.batches():
            yield batch[0]

    def accept(self, ids):
        """Notes that the client takes these for delivered."""
        self.accepted += ids

    def fail(self, ids, error):
        """Notes that the client has given these up, and what it says."""
        self.failed += ids
        self.say(error)

    def say(self, error):
        """Notes what the client says, without what differs each time."""
        text = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error
        text = re.sub(r"[g-z]{8}-\d{7}|0x[0-9a-f]+|127\.0\.0\.1:\d+|port=\d+", "…", str(text))
        self.said[" ".join(text.split())[:160]] += 1

    def expect(self, name, record):
        """Notes the members that a record must have in the file, in the same order within each."""
        self.expected[name] = record
        return name

    def end(self):
        """Prints what became of it."""
        told = set(self.accepted) | set(self.failed)
        silent = [name for name in self.sent if name not in told]
        report = {"sent": self.sent, "accepted": self.accepted, "failed": self.failed,
                  "silent": silent}
        if self.options.directory:
            files = Files(self.options.directory, self.options.stream)
            report.update(files.settle(self.sent, self.accepted + silent))
            report["wrong"] = files.differences(self.expected)
        if not self.options.ids:
            report = {name: len(value) if name != "wrong" else value[:10]
                      for name, value in report.items()}
        print(json.dumps({**report, "said": self.said}))


class Files:
    """What stands in the files of a stream."""

    def __init__(self, directory, stream="app"):
        self.directory, self.stream = directory, stream

    def settle(self, sent, awaited=()):
        """Looks for the ids; waits a while for those that are awaited."""
        deadline = time.monotonic() + SECONDS
        while True:
            found, rejected = self.count(self.stream), self.count(f"{self.stream}.rejected")
            if found.keys() >= set(awaited) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        return {
            "found": [name for name in sent if name in found],
            "lost": [name for name in awaited if name not in found],
            "doubled": [name for name in sent if found[name] > 1],
            "rejected": [name for name in sent if name in rejected],
        }

    def count(self, stream):
        """How many lines have each id."""
        ids = collections.Counter()
        for line in self.lines(stream):
            ids.update({match.decode() for match in ID.findall(line)})
        return ids

    def lines(self, stream):
        """All lines, oldest first; one without its end is an error."""
        active = f"{stream}.log"
        names = os.listdir(self.directory)
        rotated = sorted(name for name in names if name.startswith(active + "."))
        for name in rotated + [active] * (active in names):
            data = self.read(name)
            if data and not data.endswith(b"\n"):
                raise SystemExit(f"{name} ends in a torn line")
            yield from data.splitlines()

    def read(self, name):
        path = os.path.join(self.directory, name)
        # A rotated file may have been compressed since it was listed.
        if not os.path.exists(path):
            path += ".gz"
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            return file.read()

    def differences(self, expected):
        """What is not as expected in the first line of each id."""
        wrong = []
        for line in self.lines(self.stream) if expected else ():
            match = ID.search(line)
            record = expected.pop(match[0].decode(), None) if match else None
            if record is not None:
                wrong += [f"{match[0].decode()}: {text}"
                          for text in differences(record, json.loads(line))]
        return wrong


def differences(expected, record):
    for name, value in expected.items():
        there = record.get(name, Absent)
        if not is_same(value, there):
            yield f"{name} is {there!r} instead of {value!r}"


def is_same(one, other):
    """Equality that distinguishes false from 0, and the orders of members."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)
