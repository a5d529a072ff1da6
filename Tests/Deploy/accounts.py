# SPDX-License-Identifier: Apache-2.0
"""What was answered 200, and what of it stands in the files."""

import collections
import glob
import gzip
import http.client
import json
import threading
import time


def expect(truth, sentence):
    if not truth:
        raise SystemExit(f"FAILED: {sentence}")
    print(f"ok: {sentence}", flush=True)


def eventually(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"FAILED: {what} did not come within {seconds} s")
        time.sleep(0.02)


class Client(threading.Thread):
    """Posts numbered records until nobody listens any more.

    `keeps` its connection, or makes one for each request: of those none is to end unanswered.
    """

    def __init__(self, number, port, keeps=True):
        super().__init__(daemon=True)
        self.number, self.port, self.keeps = number, port, keeps
        self.sent, self.cut, self.acknowledged = 0, 0, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {} if self.keeps else {"Connection": "close"}
        while True:
            name = f"{self.number}-{self.sent}"
            self.sent += 1
            try:
                connection.request(
                    "POST", "/logs", json.dumps({"id": name, "pad": "x" * 200}), headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                # A connection that ended: once more, on a new one, until none can be made.
                connection.close()
                try:
                    connection.connect()
                except OSError:
                    return
                self.cut += 1
                continue
            if answer.status == 200:
                self.acknowledged.append(name)


def records(volume):
    """How often each record stands in the files, and how many files there are."""
    counts, files = collections.Counter(), 0
    for path in glob.glob(f"{volume}/app.log*"):
        files += 1
        opened = gzip.open if path.endswith(".gz") else open
        with opened(path, "rt") as lines:
            counts.update(json.loads(line).get("id") for line in lines)
    return counts, files


def expect_all_found(clients, volume):
    """Each record that was answered 200 is there, and none twice."""
    acknowledged = [name for client in clients for name in client.acknowledged]
    counts, files = records(volume)
    lost = [name for name in acknowledged if counts[name] == 0]
    doubled = [name for name, count in counts.items() if name is not None and count > 1]
    expect(len(acknowledged) > 100 and not lost and not doubled,
           f"{len(acknowledged)} records answered 200, {sum(counts.values())} in {files} files, "
           f"{len(lost)} lost, {len(doubled)} doubled")
