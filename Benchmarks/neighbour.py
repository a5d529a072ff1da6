# SPDX-License-Identifier: Apache-2.0
"""A well-behaved client: small requests at a steady rate on a few connections.

    neighbour.py PORT WORKER CONNECTIONS PAUSE

Each connection sends one record every PAUSE milliseconds to the stream `neighbour`, and the next one
only when the last is answered. A wait lasts from the time when a request was due until its answer,
so the requests that one long wait has delayed count as well. Prints `ready` when all connections are
answered. Ends with standard input, then prints, as JSON, the waits in milliseconds, the most processor
time that the process WORKER has had during one of them, the statuses, and the numbers of the records
that were acknowledged.
"""

import collections
import json
import os
import selectors
import socket
import sys
import time


def processor_seconds(pid):
    """The processor time of the process; it does not grow while others use the processor."""
    try:
        with open(f"/proc/{pid}/schedstat") as stat:
            return int(stat.read().split()[0]) / 1e9
    except OSError:
        return 0


class Connection:
    """One connection, and the request that waits for its answer."""

    def __init__(self, port, number, pause):
        self.port, self.pause = port, pause
        self.due = time.monotonic() + pause * number / 8
        self.record = None
        self.heard = b""
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def send(self, record):
        self.record = record
        body = b'{"neighbour":%d}' % record
        self.socket.send(b"POST /logs/neighbour HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def receive(self):
        """Returns the status of a complete answer; None if there is none yet, 0 if the connection has ended."""
        try:
            heard = self.socket.recv(65536)
        except BlockingIOError:
            return None
        except OSError:
            heard = b""
        self.heard += heard
        if not heard:
            return 0
        head, separator, body = self.heard.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return None
        self.heard = body[length:]
        self.closes = b"connection: close" in head.lower()
        return int(head[9:12])


class Neighbour:
    def __init__(self, port, worker, count, pause):
        self.worker, self.busy = worker, 0
        self.selector = selectors.DefaultSelector()
        self.connections = [Connection(port, number, pause) for number in range(count)]
        for connection in self.connections:
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self.sent, self.waits, self.acknowledged = 0, [], []
        self.statuses = collections.Counter()

    def send_due(self):
        """Returns the seconds until the next request is due."""
        now = time.monotonic()
        for connection in self.connections:
            if connection.record is None and connection.due <= now:
                self.sent += 1
                connection.spent = processor_seconds(self.worker)
                try:
                    connection.send(self.sent)
                except OSError:
                    pass  # It has ended, which is noticed when it is read from.
        waiting = [connection.due for connection in self.connections if connection.record is None]
        return max(0, min([0.02] + [due - now for due in waiting]))

    def receive(self, connection):
        status = connection.receive()
        if status is None:
            return
        if connection.record is not None:
            self.waits.append(time.monotonic() - connection.due)
            self.busy = max(self.busy, processor_seconds(self.worker) - connection.spent)
            self.statuses[status] += 1
            if status == 200:
                self.acknowledged.append(connection.record)
            connection.due += connection.pause
            connection.record = None
        if status == 0 or connection.closes:
            self.selector.unregister(connection.socket)
            connection.socket.close()
            connection.heard = b""
            try:
                connection.open()
            except OSError:
                return self.connections.remove(connection)
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)

    def run(self):
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        is_ready = False
        while True:
            for key, _ in self.selector.select(self.send_due()):
                if key.data is None:
                    return
                self.receive(key.data)
            if not is_ready and len(self.waits) >= 2 * len(self.connections):
                is_ready = True
                self.waits.clear()
                self.busy = 0  # Until now files and connections were opened.
                print("ready", flush=True)

    def report(self):
        now = time.monotonic()
        unanswered = []
        for connection in self.connections:
            if connection.record is not None:
                unanswered.append(now - connection.due)
                self.busy = max(self.busy, processor_seconds(self.worker) - connection.spent)
        return {"busy": 1000 * self.busy, "waits": [1000 * wait for wait in self.waits + unanswered], "unanswered": 1000 * max(unanswered, default=0),
                "statuses": self.statuses, "acknowledged": self.acknowledged}


def main():
    port, worker, count = map(int, sys.argv[1:4])
    try:
        # It shares a processor with the attackers; their processor time must not count as its wait.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        pass
    neighbour = Neighbour(port, worker, count, int(sys.argv[4]) / 1000)
    neighbour.run()
    print(json.dumps(neighbour.report()))


if __name__ == "__main__":
    main()
