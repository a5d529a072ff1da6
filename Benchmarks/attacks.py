# SPDX-License-Identifier: Apache-2.0
"""Attacks that could block a service's other clients, each run in a process of its own.

    attacks.py ATTACK PORT SECONDS LOGS [--tls PORT] [--file FILE --type TYPE]

Prints `ready`, waits for a line on standard input, and attacks for SECONDS, then until its
requests are answered, or until SIGTERM. Prints, as JSON, the bytes and requests that it has sent, the
answers by status, and the number of acknowledged records. The attack `body` sends FILE, which is
compressed by gzip, once.
"""

import argparse
import collections
import contextlib
import fcntl
import gzip
import json
import os
import re
import resource
import selectors
import signal
import socket
import ssl
import sys
import time

ACCEPTED = re.compile(rb'\A\{"accepted":(\d+)')


def post(body, content_type="application/json", encoding="identity", path="/logs"):
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    if encoding != "identity":
        head += f"Content-Encoding: {encoding}\r\n"
    return head.encode() + b"\r\n" + body


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


class Round:
    """The bytes that a connection sends at once, and the number of answers to them."""

    def __init__(self, data, requests):
        self.data, self.requests = data, requests


class Attacker:
    """A connection that sends a round, reads the answers, and sends the next."""

    def __init__(self, port, rounds):
        self.port, self.rounds = port, rounds
        self.heard, self.awaited, self.unsent = bytearray(), 0, memoryview(b"")
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def opens(self):
        """Returns whether the service still accepts connections."""
        try:
            self.open()
            return True
        except OSError:
            return False

    def begin(self, tally):
        """Returns whether there is another round."""
        following = next(self.rounds, None)
        if following is None:
            return False
        self.unsent, self.awaited = memoryview(following.data), following.requests
        tally.requests += following.requests
        return True

    def send(self, tally):
        try:
            count = self.socket.send(self.unsent[: 1 << 20])
        except BlockingIOError:
            return
        tally.sent += count
        self.unsent = self.unsent[count:]

    def receive(self, tally):
        """Returns whether the connection continues."""
        try:
            heard = self.socket.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            heard = b""
        self.heard += heard
        while self.read_answer(tally):
            self.awaited -= 1
        return bool(heard)

    def read_answer(self, tally):
        end = self.heard.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.heard[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.heard) < end + 4 + length:
            return False
        body = bytes(self.heard[end + 4 : end + 4 + length])
        del self.heard[: end + 4 + length]
        tally.answers[int(head[9:12])] += 1
        if found := ACCEPTED.match(body):
            tally.acknowledged += int(found[1])
        return True


class Handshake(Attacker):
    """Sends a ClientHello, and closes after the answer, which the server has to sign."""

    def begin(self, tally):
        is_next = super().begin(tally)
        self.awaited = 1
        return is_next

    def receive(self, tally):
        try:
            heard = self.socket.recv(65536)
        except OSError:
            heard = b""
        tally.answers["hello" if heard else 0] += 1
        self.awaited = 0
        return False


class Tally:
    def __init__(self):
        self.sent, self.requests, self.acknowledged = 0, 0, 0
        self.answers = collections.Counter()


def drive(attackers, seconds, tally):
    """Lets them attack for that time, and at least one round each."""
    selector = selectors.DefaultSelector()
    end = time.monotonic() + seconds
    for attacker in attackers:
        attacker.begin(tally)
        selector.register(attacker.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, attacker)
    busy = len(attackers)
    while busy:
        for key, ready in selector.select(1):
            attacker = key.data
            goes_on = True
            if ready & selectors.EVENT_WRITE and attacker.unsent:
                try:
                    attacker.send(tally)
                except OSError:
                    goes_on = False
            if ready & selectors.EVENT_READ:
                goes_on = attacker.receive(tally)
            if attacker.awaited <= 0 and goes_on and not (time.monotonic() < end and attacker.begin(tally)):
                busy -= 1
                selector.unregister(attacker.socket)
                continue
            if not goes_on:
                selector.unregister(attacker.socket)
                attacker.socket.close()
                tally.answers[0] += attacker.awaited
                attacker.heard.clear()
                if time.monotonic() >= end or not attacker.begin(tally) or not attacker.opens():
                    busy -= 1
                    continue
                selector.register(attacker.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, attacker)
                continue
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if attacker.unsent else 0)
            if events != key.events:
                selector.modify(attacker.socket, events, attacker)


# MARK: Attacks. Each gets (port, seconds, tally, options).


def again(connections, make_round, kind=Attacker):
    """Connections that each send the same round again and again."""

    def attack(options, tally):
        each = make_round()

        def rounds():
            while True:
                yield each

        drive([kind(options.port, rounds()) for _ in range(connections)], options.seconds, tally)

    return attack


def numbers():
    body = post(gzip.compress(b"[" + b"0," * 120_000 + b"0]", 9, mtime=0), encoding="gzip")
    return Round(body * 64, 64)


def small():
    bodies = [
        post(gzip.compress(b"[" + b"0," * 20_000 + b"0]", 9, mtime=0), encoding="gzip"),
        post(gzip.compress(b"a\n" * 20_000, 9, mtime=0), "text/plain", "gzip"),
        post(gzip.compress(b"&".join([b"%61" * 100 + b"=1"] * 128), 9, mtime=0),
             "application/x-www-form-urlencoded", "gzip"),
    ]
    return Round(b"".join(bodies[number % 3] for number in range(1024)), 1024)


def forms():
    body = b"&".join(b"%61" * 1300 + b"%02x=1" % number for number in range(256))
    return Round(post(body, "application/x-www-form-urlencoded"), 1)


def batch():
    line = b'{"ts":"2026-11-23T10:00:00.000000Z","level":"info","msg":"GET /items/12345 200","pad":"%b"}\n' % (b"x" * 100)
    return Round(post(line * 10_000, "application/x-ndjson"), 1)


def page(path):
    return again(200, lambda: Round(get(path), 1))


def many_streams(options, tally):
    """128 streams a turn, and always new ones."""

    def rounds(connection):
        for number in range(10**6):
            yield Round(b"".join(post(b'{"a":1}', path=f"/logs/s{connection}-{number}-{stream}") for stream in range(128)), 128)

    drive([Attacker(options.port, rounds(connection)) for connection in range(8)], options.seconds, tally)


def one_body(options, tally):
    with open(options.file, "rb") as file:
        round = Round(post(file.read(), options.type, "gzip"), 1)
    drive([Attacker(options.port, iter([round]))], options.seconds, tally)


def slow_readers(options, tally):
    """200 connections that ask for a large answer without end, and read a few bytes a second."""
    round = get("/openapi.yaml") * 64
    sockets = []
    for _ in range(200):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", options.port))
        reader.setblocking(False)
        sockets.append(reader)
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        for reader in sockets:
            try:
                tally.sent += reader.send(round)
            except OSError:
                pass
            try:
                tally.answers["bytes read"] += len(reader.recv(100))
            except OSError:
                pass
        time.sleep(0.1)
    tally.requests = tally.sent // len(get("/openapi.yaml"))


def handshakes(options, tally):
    context = ssl.create_default_context()
    outgoing = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = Round(outgoing.read(), 1)

    def rounds():
        while True:
            yield hello

    drive([Handshake(options.tls, rounds()) for _ in range(64)], options.seconds, tally)


def lock(options, tally):
    """A reader of a stream's active file locks each new one as soon as it exists."""
    held, path, end = [], f"{options.logs}/neighbour.log", time.monotonic() + options.seconds
    while time.monotonic() < end:
        try:
            file = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held.append(file)
            tally.answers["locked"] += 1
        except OSError:
            os.close(file)


def none(options, tally):
    time.sleep(options.seconds)


# Name, description and function. The settings that each needs are in `neighbours`.
ATTACKS = {
    "none": ("no other client", none),
    "numbers": ("64 pipelined arrays of 120,000 numbers, gzip, 1 connection", again(1, numbers)),
    "small-1": ("1,024 pipelined small bodies that decode to much, 1 connection", again(1, small)),
    "small-50": ("the same, 50 connections", again(50, small)),
    "forms": ("forms of 1 MB whose 256 names begin alike, 4 connections", again(4, forms)),
    "streams-list": ("200 clients ask for /ui/streams of 1,000 streams", page("/ui/streams")),
    "metrics": ("200 clients ask for /metrics", page("/metrics")),
    "health": ("200 clients ask for /health", page("/health")),
    "tail": ("200 clients ask for /ui/tail", page("/ui/tail?stream=app")),
    "slow-readers": ("200 clients ask for large answers and hardly read them", slow_readers),
    "many-streams": ("128 streams in each turn, always new ones, 8 connections", many_streams),
    "handshakes": ("64 clients begin a TLS handshake and leave, again and again", handshakes),
    "batches": ("batches of 10,000 good records, 32 connections", again(32, batch)),
    "lock": ("a reader locks each file with flock as soon as it exists", lock),
}


class GivenUp(Exception):
    pass


def give_up(number, frame):
    raise GivenUp


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("attack")
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("logs")
    parser.add_argument("--tls", type=int)
    parser.add_argument("--file")
    parser.add_argument("--type")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2)
    attack = one_body if options.attack == "body" else ATTACKS[options.attack][1]
    tally = Tally()
    print("ready", flush=True)
    sys.stdin.readline()
    signal.signal(signal.SIGTERM, give_up)
    with contextlib.suppress(GivenUp):
        attack(options, tally)
    print(json.dumps(vars(tally)))


if __name__ == "__main__":
    main()
