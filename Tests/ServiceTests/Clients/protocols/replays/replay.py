# SPDX-License-Identifier: Apache-2.0
"""Replays of clients that no package brings: heads and bodies as their sources build them.

    replay.py FAMILY URL --directory DIR [--token SECRET] [--only TEXT]

Each function in the module FAMILY that `replay` marks is one client. It sends its requests and says
what the client demands of the answers, and what must stand in the file. Prints a JSON object: for
each replay a list of what was not so.
"""

import argparse
import gzip
import http.client
import importlib
import json
import os
import socket
import sys
import urllib.parse
import zlib

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from account import Files  # noqa: E402

REPLAYS = {}
SECONDS = 20


def replay(name):
    """Marks a function as the replay of the client that is named."""
    def register(function):
        REPLAYS[name] = function
        return function
    return register


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """A connection that is kept, and what its client expects."""

    def __init__(self, url, token, number):
        self.url, self.token = url, token or "none"
        self.prefix = url.path.rstrip("/")
        self.host = url.netloc
        self.connection = None
        self.name = "".join(chr(ord("g") + int(digit)) for digit in f"{os.getpid() % 1000:03}{number:05}")
        self.ids, self.expected, self.problems, self.bad = [], {}, [], []

    def id(self):
        """A new id, of which a record must be found exactly once."""
        self.ids.append(f"{self.name}-{len(self.ids):07}")
        return self.ids[-1]

    def rejected(self):
        """A new id, of a record that must be found among those that were rejected."""
        self.bad.append(self.id())
        return self.bad[-1]

    def expect(self, name, **members):
        self.expected[name] = members

    def demand(self, what, is_so):
        if not is_so:
            self.problems.append(what)

    def demand_status(self, answer, *statuses):
        self.demand(f"{answer.status} {answer.body[:200]!r} is not in {statuses}",
                    answer.status in statuses)

    def send(self, method, path, fields=(), body=None, is_chunked=False):
        """Sends a request with exactly these fields, and Content-Length, in their order."""
        if self.connection is None:
            self.connection = socket.create_connection((self.url.hostname, self.url.port), SECONDS)
        lines = [f"{method} {self.prefix}{path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in fields]
        if is_chunked:
            lines.append("Transfer-Encoding: chunked")
            body = chunked(body)
        elif body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        response = http.client.HTTPResponse(self.connection, method=method)
        response.begin()
        answer = Answer(response)
        if response.will_close:
            self.connection.close()
            self.connection = None
        return answer

    def settle(self, directory, stream):
        files = Files(directory, stream)
        wanted = [name for name in self.ids if name not in self.bad]
        report = files.settle(self.ids, wanted)
        self.problems += [f"{name} is lost" for name in report["lost"]]
        self.problems += [f"{name} is doubled" for name in report["doubled"]]
        self.problems += [f"{name} is not rejected" for name in self.bad
                          if name not in report["rejected"]]
        self.problems += [f"{name} is rejected" for name in wanted if name in report["rejected"]]
        self.problems += files.differences(self.expected)
        return self.problems[:10]


def chunked(body):
    """Chunks that do not end where a record ends."""
    pieces = [body[at:at + 97] for at in range(0, len(body), 97)] + [b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def compact(value):
    """JSON without blanks, as encoders of Go, Rust and C write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def encoded(coding, body):
    """The body in a content coding, and the field that says so."""
    if coding == "gzip":
        return gzip.compress(body), [("Content-Encoding", "gzip")]
    if coding == "deflate":
        return zlib.compress(body), [("Content-Encoding", "deflate")]
    if coding == "zstd":
        import zstandard

        # As streams of Go and Rust do, without the size of the content.
        compressor = zstandard.ZstdCompressor(write_content_size=False).compressobj()
        return compressor.compress(body) + compressor.flush(), [("Content-Encoding", "zstd")]
    return body, []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("family")
    parser.add_argument("url", type=urllib.parse.urlsplit)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--stream", default="app")
    parser.add_argument("--token")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    # The module registers itself with this one, by its name.
    sys.modules["replay"] = sys.modules["__main__"]
    importlib.import_module(options.family)
    report = {}
    for number, (name, function) in enumerate(REPLAYS.items()):
        if options.only not in name:
            continue
        client = Client(options.url, options.token, number)
        try:
            function(client)
            report[name] = client.settle(options.directory, options.stream)
        except Exception as error:
            report[name] = [f"{type(error).__name__}: {error}", *client.problems[:9]]
        finally:
            if client.connection:
                client.connection.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
