# SPDX-License-Identifier: Apache-2.0
"""Sends records with identifiers of their own, as fast as answers come, and notes what became of each.

    load.py PORT SECONDS CONNECTIONS OUTCOMES [--last] [--fresh] [--tls CA PORT]

A line of OUTCOMES is a word and an identifier:

    acked       answered 200: in the file, once
    refused     answered 503: not in the file
    unread      behind an answer that said `Connection: close`: not in the file
    unknown     no answer came: in the file once, or not at all

PORT may be the path of a Unix socket. The connections take turns in how they send: single records, batches of ten, four requests at once.
TERM ends it before its time. With --last a connection whose last answer has come is not followed by another one, and one that
cannot be opened ends its sender. With --fresh each turn has a connection of its own. With --tls every other connection is to
that port of 127.0.0.2, for TLS as `localhost`.
"""
import json
import signal
import socket
import ssl
import sys
import threading
import time


class Closed(Exception):
    """The connection has ended."""


class Connection:
    opened = 0

    def __init__(self, port):
        Connection.opened += 1
        if "--tls" in sys.argv and Connection.opened % 2 == 0:
            authority, secure = sys.argv[sys.argv.index("--tls") + 1 :][:2]
            plain = socket.create_connection(("127.0.0.2", int(secure)), timeout=20)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = ssl.create_default_context(cafile=authority)
            self.socket = context.wrap_socket(plain, server_hostname="localhost")
        elif port.startswith("/"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(20)
            self.socket.connect(port)
        else:
            self.socket = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def answer(self):
        """The next answer: status, whether it is the last, body."""
        head, rest = self.until(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(fields["content-length"])
        while len(rest) < length:
            rest += self.more()
        self.received = rest[length:]
        last = fields.get("connection") == "close"
        return int(lines[0].split(" ")[1]), last, rest[:length]

    def until(self, mark):
        while mark not in self.received:
            self.received += self.more()
        return self.received.split(mark, 1)

    def more(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise Closed
        return data


class Sender(threading.Thread):
    is_over = False
    is_fresh = "--fresh" in sys.argv

    def __init__(self, number, port, deadline, is_last):
        super().__init__()
        self.number, self.port, self.deadline, self.is_last = number, port, deadline, is_last
        self.unopened = 0
        self.requests, self.batch = [(1, 1), (1, 10), (4, 1)][number % 3]
        self.count = 0
        self.outcomes = []
        self.failures = []

    def run(self):
        connection = None
        while time.monotonic() < self.deadline and not Sender.is_over:
            if connection is None:
                try:
                    connection = Connection(self.port)
                except OSError:
                    self.unopened += 1
                    if self.is_last:
                        return
                    time.sleep(0.005)
                    continue
            goes_on = self.turn(connection)
            if not goes_on or self.is_fresh:
                connection.socket.close()
                connection = None
                if self.is_last and not self.is_fresh:
                    return

    def turn(self, connection):
        """Sends once; returns whether the connection goes on."""
        waiting = [self.request() for _ in range(self.requests)]
        try:
            connection.socket.sendall(b"".join(data for _, data in waiting))
            while waiting:
                status, last, body = connection.answer()
                self.note(status, body, waiting.pop(0)[0])
                if last:
                    for identifiers, _ in waiting:
                        self.outcomes += [("unread", name) for name in identifiers]
                    return False
            return True
        except (Closed, OSError) as error:
            self.failures.append(repr(error))
            for identifiers, _ in waiting:
                self.outcomes += [("unknown", name) for name in identifiers]
            return False

    def request(self):
        identifiers = [f"{self.number}-{self.count + i}" for i in range(self.batch)]
        self.count += self.batch
        body = "".join(
            json.dumps({"id": name, "msg": "x" * (int(name.split("-")[1]) % 300)}) + "\n"
            for name in identifiers
        ).encode()
        head = (
            "POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return identifiers, head.encode() + body

    def note(self, status, body, identifiers):
        if status == 200 and json.loads(body) == {"accepted": len(identifiers), "rejected": 0}:
            self.outcomes += [("acked", name) for name in identifiers]
        elif status == 503:
            self.outcomes += [("refused", name) for name in identifiers]
        else:
            raise SystemExit(f"unexpected answer {status}: {body!r}")


def end(*_):
    Sender.is_over = True


def main():
    signal.signal(signal.SIGTERM, end)
    port, seconds, connections, path = sys.argv[1:5]
    deadline = time.monotonic() + float(seconds)
    senders = [
        Sender(number, port, deadline, "--last" in sys.argv) for number in range(int(connections))
    ]
    for sender in senders:
        sender.start()
    # Whoever waits for this file knows that the load is on.
    with open(path, "w", buffering=1 << 20) as file:
        for sender in senders:
            sender.join()
            file.writelines(f"{word} {name}\n" for word, name in sender.outcomes)
    failures = [failure for sender in senders for failure in sender.failures]
    report = {
        "sent": sum(s.count for s in senders),
        "failures": failures[:20],
        "unopened": sum(s.unopened for s in senders),
    }
    print(json.dumps(report))


main()
