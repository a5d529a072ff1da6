# SPDX-License-Identifier: Apache-2.0
"""A forwarder between clients and the service that notes which records the service acknowledged.

It passes every byte on, both ways, and closes where the other side closes, so that a client sees
what it would see without it.
"""

import collections
import gzip
import json
import os
import socket
import sys
import threading
import zlib
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "ServiceTests", "Clients", "protocols"))

from account import ID  # noqa: E402

HOST = "127.0.0.1"


class Messages:
    """Reads the messages of one direction of a connection (RFC 9112)."""

    def __init__(self, waiting: Optional[collections.deque] = None, begun=None) -> None:
        # The requests that wait for an answer, where this direction has the answers.
        self.waiting = waiting
        # Called with the words of the first line when a head is complete.
        self.begun = begun
        self.buffer = bytearray()
        self.head: Optional[Tuple[List[str], Dict[str, str]]] = None
        self.body = bytearray()

    def feed(self, data: bytes) -> Iterator[Tuple[List[str], Dict[str, str], bytes]]:
        self.buffer += data
        while True:
            if self.head is None and not self.begin():
                return
            if not self.complete():
                return
            head, body = self.head, bytes(self.body)
            self.head, self.body = None, bytearray()
            yield head[0], head[1], body

    def begin(self) -> bool:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        del self.buffer[:end + 4]
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        self.head = lines[0].split(" "), fields
        if self.begun:
            self.begun(self.head[0])
        return True

    def complete(self) -> bool:
        words, fields = self.head
        if self.waiting is not None and (
                words[1][0] == "1" or words[1] in ("204", "304")
                or self.waiting and self.waiting[0].method == "HEAD"):
            return True
        if fields.get("transfer-encoding", "").lower() == "chunked":
            return self.complete_chunked()
        missing = int(fields.get("content-length", 0)) - len(self.body)
        self.body += self.buffer[:missing]
        del self.buffer[:missing]
        return len(self.body) == int(fields.get("content-length", 0))

    def complete_chunked(self) -> bool:
        while True:
            end = self.buffer.find(b"\r\n")
            if end < 0:
                return False
            size = int(self.buffer[:end].split(b";")[0], 16)
            if len(self.buffer) < end + 2 + size + 2:
                return False
            self.body += self.buffer[end + 2:end + 2 + size]
            del self.buffer[:end + 2 + size + 2]
            if size == 0:
                return True


@dataclass
class Request:
    """One that waits for its answer."""

    method: str
    path: str
    ids: List[str] = field(default_factory=list)


class Forwarder:
    """Listens on `port`; passes on to the port of the service."""

    def __init__(self, service: int) -> None:
        self.service = service
        self.listener = socket.create_server((HOST, 0), backlog=256)
        self.port: int = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.acknowledged: set = set()
        self.statuses: Dict[str, collections.Counter] = collections.defaultdict(
            collections.Counter)
        self.problems: List[str] = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        try:
            service = socket.create_connection((HOST, self.service), timeout=10)
        except OSError:
            client.close()
            return
        service.settimeout(None)
        for end in (client, service):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting: collections.deque = collections.deque()
        latest: List[Request] = []

        def begun(words: List[str]) -> None:
            # An answer may come before the body has passed.
            latest[:] = [Request(words[0], words[1])]
            waiting.extend(latest)

        def asked(words: List[str], fields: Dict[str, str], body: bytes) -> None:
            latest[0].ids = ids_in(body)

        def answered(words: List[str], fields: Dict[str, str], body: bytes) -> None:
            if words[1][0] == "1":
                return
            with self.lock:
                if waiting:
                    self.note(waiting.popleft(), words[1], body)
                else:
                    self.problems.append(f"an answer without a request: {words} {body[:200]!r}")

        back = threading.Thread(
            target=self.pump, args=(service, client, Messages(waiting), answered), daemon=True)
        back.start()
        self.pump(client, service, Messages(begun=begun), asked)
        back.join()
        client.close()
        service.close()

    def pump(self, source, sink, messages: Messages, note) -> None:
        """Passes on until the source ends, and then ends the sink's direction."""
        try:
            while data := source.recv(1 << 16):
                # Before it is passed on: an answer may come at once.
                for message in messages.feed(data):
                    note(*message)
                sink.sendall(data)
        except (OSError, IndexError, ValueError) as error:
            if not isinstance(error, OSError):
                self.problems.append(f"the forwarder cannot read {error!r}")
            # A reset, and nothing more can be sent: the other side sees the same.
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            return
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def note(self, request: "Request", status: str, body: bytes) -> None:
        for name in {name.split("-")[0] for name in request.ids}:
            self.statuses[name][status] += 1
        if status.startswith("2"):
            self.acknowledged.update(
                request.ids[k] for k in good(request.path, len(request.ids), body))

    def close(self) -> None:
        self.listener.close()


def good(path: str, count: int, body: bytes) -> List[int]:
    """The places of the records that an answer with status 2xx acknowledges."""
    if path.split("?")[0].endswith("/_bulk"):
        items = json.loads(body)["items"]
        statuses = [next(iter(item.values()))["status"] for item in items]
        return [k for k in range(count) if statuses[k] in (200, 201)]
    if path.endswith("/v1/logs") and body not in (b"", b"{}", b'{"partialSuccess":{}}'):
        return []
    return list(range(count))


def ids_in(body: bytes) -> List[str]:
    """The ids of the records of a body, each once, in their order."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    elif body[:1] == b"\x78" and body[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        body = zlib.decompress(body)
    elif body[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        body = zstandard.ZstdDecompressor().stream_reader(
            body, read_across_frames=True).read()
    return [match.decode() for match in dict.fromkeys(ID.findall(body))]
