# SPDX-License-Identifier: Apache-2.0
"""A client that speaks TLS by Python's ssl.

    secure_client.py SCENARIO PORT CA [CERTIFICATE KEY]

It speaks to `localhost` at 127.0.0.2. What a scenario shows is printed as JSON.
"""
import gzip
import json
import random
import socket
import ssl
import sys
import time

scenario, port, authority = sys.argv[1:4]
context = ssl.create_default_context(cafile=authority)
if len(sys.argv) > 5:
    context.load_cert_chain(sys.argv[4], sys.argv[5])


class Connection:
    def __init__(self):
        plain = socket.create_connection(("127.0.0.2", int(port)), timeout=20)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = context.wrap_socket(
            plain, server_hostname="localhost", suppress_ragged_eofs=False
        )
        self.received = b""

    def send(self, data):
        self.tls.sendall(data)

    def answer(self):
        """Status, fields and body of the next answer; None at the end, which has to be told."""
        while b"\r\n\r\n" not in self.received:
            if not self.more():
                return None
        head, rest = self.received.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        self.received = rest
        length = int(fields.get("content-length", 0))
        while len(self.received) < length:
            if not self.more():
                raise SystemExit("the connection ends in the middle of an answer")
        body, self.received = self.received[:length], self.received[length:]
        return int(lines[0].split(" ")[1]), fields, body

    def more(self):
        data = self.tls.recv(1 << 16)
        self.received += data
        return data


def post(body, *headers, target="/logs"):
    head = [f"POST {target} HTTP/1.1", "Host: localhost", *headers]
    if not any(line.startswith("Transfer-Encoding") for line in headers):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def record(number):
    return json.dumps({"n": number}).encode()


def statuses(connection, count):
    return [connection.answer()[0] for _ in range(count)]


def keep_alive():
    connection = Connection()
    answers = []
    for number in range(200):
        connection.send(post(record(number)))
        answers += statuses(connection, 1)
    return answers


def pipelined():
    """Many requests in few records, then requests that are cut up into many."""
    connection = Connection()
    connection.send(b"".join(post(record(number)) for number in range(2000)))
    answers = statuses(connection, 2000)
    rest = b"".join(post(record(number)) for number in range(2000, 2050))
    cut = random.Random(7)
    while rest:
        count = cut.randint(1, 90)
        connection.send(rest[:count])
        rest = rest[count:]
    return answers + statuses(connection, 50)


def large():
    """Bodies of several megabytes, in each of the ways they come."""
    lines = b"".join(
        json.dumps({"n": number, "x": random.Random(number).randbytes(500).hex()}).encode() + b"\n"
        for number in range(5000)
    )
    chunks = [lines[start : start + 70000] for start in range(0, len(lines), 70000)]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    connection = Connection()
    connection.send(post(lines, target="/logs/length"))
    connection.send(post(chunked, "Transfer-Encoding: chunked", target="/logs/chunked"))
    connection.send(post(gzip.compress(lines, 1), "Content-Encoding: gzip", target="/logs/gzip"))
    return [json.loads(connection.answer()[2])["accepted"] for _ in range(3)]


def unread_answers():
    """Asks for more than the sockets between them can hold before it reads any of it."""
    connection = Connection()
    request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    count = 600
    connection.tls.settimeout(1)
    sent = 0
    try:
        while sent < count:
            connection.send(request)
            sent += 1
    except (TimeoutError, ssl.SSLError):
        pass
    connection.tls.settimeout(20)
    bodies = [connection.answer() for _ in range(sent)]
    return [len(bodies), all(body[2].endswith(b"} 1\n") for body in bodies)]


def half_closed():
    """With its requests, in one piece, each client says that it will send nothing more."""
    answered = []
    for count in (1, 5):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        plain = socket.create_connection(("127.0.0.2", int(port)), timeout=20)

        def step(do):
            while True:
                try:
                    return do()
                except ssl.SSLWantReadError:
                    plain.sendall(outgoing.read())
                    incoming.write(plain.recv(1 << 16))

        step(tls.do_handshake)
        # Behind an answer nothing more of the handshake comes.
        tls.write(post(record(0), target="/logs/first"))
        step(lambda: tls.read(1 << 16))
        tls.write(b"".join(post(record(number)) for number in range(count)))
        try:
            tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        plain.sendall(outgoing.read())
        received = b""
        while data := plain.recv(1 << 16):
            incoming.write(data)
        try:
            while data := tls.read(1 << 16):
                received += data
        except ssl.SSLError:
            pass
        answered.append(received.count(b"HTTP/1.1 200 OK"))
    return answered


def last_answer():
    """The end of the connection is told, so that no answer can be cut off by somebody else."""
    connection = Connection()
    connection.send(post(record(1), "Connection: close"))
    status, fields, _ = connection.answer()
    return [status, fields["connection"], connection.answer()]


def unfinished():
    """Goes away in the middle of a body, without a word."""
    connection = Connection()
    connection.send(post(record(1)))
    answers = statuses(connection, 1)
    for framing, body in [
        ("Content-Length: 1000", b'{"half":1}\n{"half":2}\n'),
        ("Transfer-Encoding: chunked", b'b\r\n{"half":1}\n\r\n'),
    ]:
        half = Connection()
        half.send(f"POST /logs HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n".encode() + body)
        socket.socket(fileno=half.tls.detach()).close()
    return answers


def slow_stop():
    """A request that is on its way when the service stops, whose master is the last argument."""
    import os
    import signal

    connection = Connection()
    data = post(record(1))
    connection.send(data[:-3])
    os.kill(int(sys.argv[-1]), signal.SIGTERM)
    time.sleep(1)
    connection.send(data[-3:])
    status, fields, _ = connection.answer()
    return [status, fields.get("connection"), connection.answer()]


print(json.dumps(globals()[scenario]()))
