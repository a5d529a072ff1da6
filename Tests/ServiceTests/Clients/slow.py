# SPDX-License-Identifier: Apache-2.0
"""Opens many connections that send a byte now and then, and says how they ended.

    slow.py PORT COUNT KIND SECONDS [--reopen]

KIND is idle, for connections that send nothing after one request, head, body, chunks, or mixed for
the last three. Each connection sends a byte every SECONDS, from one of 250 addresses of loopback.
Prints `ready` when all are open. Ends with standard input, or when all have ended; --reopen opens
another for each that ends. Then prints, as JSON, how many ended with which status; 0: without one.
"""

import collections
import json
import resource
import select
import socket
import sys
import time

LINE = b"POST /logs HTTP/1.1\r\nHost: a\r\n"
KINDS = {
    "idle": (LINE + b'Content-Length: 11\r\n\r\n{"trace":1}', b""),
    "head": (LINE + b"X: ", b"x"),
    "body": (LINE + b"Content-Length: 1000000\r\n\r\n", b" "),
    "chunks": (LINE + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}
SLOW = ["head", "body", "chunks"]


class Client:
    """A connection, and what it has heard."""

    def __init__(self, port, number, kind):
        self.number = number
        self.beginning, self.bytes = KINDS[SLOW[number % 3] if kind == "mixed" else kind]
        self.sent = 0
        self.heard = b""
        self.socket = socket.socket()
        # The kernel chooses the port when it knows both addresses, so that none runs out.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((f"127.0.0.{2 + number % 250}", 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.socket.send(self.beginning)

    def send(self):
        if not self.bytes:
            return
        at = self.sent % len(self.bytes)
        self.sent += 1
        try:
            self.socket.send(self.bytes[at : at + 1])
        except OSError:
            pass  # It has ended, which is noticed when it is read from.

    def receive(self):
        """Returns whether the connection goes on."""
        try:
            heard = self.socket.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.heard += heard
        return bool(heard)

    @property
    def status(self):
        return int(self.heard[9:12] or 0)


class Crowd:
    def __init__(self, port, count, kind, seconds, reopens):
        self.port, self.kind, self.reopens = port, kind, reopens
        self.ended = collections.Counter()
        self.poll = select.epoll()
        self.clients = {}
        # In the order in which they send, at the times at which they do.
        self.queue = collections.deque()
        self.pause = seconds / count
        for number in range(count):
            self.open(number)
        while kind == "idle" and any(not client.heard for client in self.clients.values()):
            self.receive(1)

    def open(self, number):
        client = Client(self.port, number, self.kind)
        self.clients[client.socket.fileno()] = client
        self.poll.register(client.socket, select.EPOLLIN)
        self.queue.append(client)

    def receive(self, patience):
        for number, _ in self.poll.poll(patience, 1024):
            if number == 0:
                return False
            client = self.clients[number]
            if client.receive():
                continue
            del self.clients[number]
            client.socket.close()
            # An idle one has been answered long before its end.
            self.ended[0 if self.kind == "idle" else client.status] += 1
            if self.reopens:
                self.open(client.number)
        return True

    def run(self):
        self.poll.register(0, select.EPOLLIN | select.EPOLLHUP)
        due = time.monotonic()
        while self.clients and self.receive(0.02):
            now = time.monotonic()
            while due <= now and self.queue:
                client = self.queue.popleft()
                if client.socket.fileno() >= 0:
                    client.send()
                    self.queue.append(client)
                    due += self.pause
            due = max(due, now - 1)


def main():
    port, count, kind, seconds = sys.argv[1:5]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = int(count) + 64
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(needed, most)))
    except ValueError:
        sys.exit(f"{count} connections need {needed} open files, and only {most} are allowed: ulimit -Hn")
    crowd = Crowd(int(port), int(count), kind, float(seconds), "--reopen" in sys.argv)
    print("ready", flush=True)
    crowd.run()
    print(json.dumps(crowd.ended), flush=True)


main()
