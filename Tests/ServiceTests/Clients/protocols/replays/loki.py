# SPDX-License-Identifier: Apache-2.0
"""Clients of Loki's push.

Built from loki: pkg/push/push.proto; alloy: loki/client; fluent-bit: plugins/out_loki/loki.c;
vector: src/sinks/loki; rsyslog: contrib/omhttp/omhttp.c.
"""

import cramjam
from replay import compact, encoded, replay

PATH = "/loki/api/v1/push"
START = 1795888808_123456789
INSTANT = "2026-11-28T18:00:08.12345"


def varint(value):
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def push_request(streams, has_hash=False):
    """A PushRequest: streams of labels as text and entries (nanoseconds, line, metadata)."""
    message = b""
    for labels, entries in streams:
        stream = field(1, labels)
        for nanoseconds, line, metadata in entries:
            instant = field(1, nanoseconds // 10**9) + field(2, nanoseconds % 10**9)
            pairs = b"".join(
                field(3, field(1, name) + field(2, value)) for name, value in metadata)
            stream += field(2, field(1, instant) + field(2, line) + pairs)
        if has_hash:
            stream += field(3, 12345)
        message += field(1, stream)
    return message


def snappy(message):
    return bytes(cramjam.snappy.compress_raw(message))


def streams_of(client, **more):
    """Two streams of 25 entries, with what must be found of each."""
    streams = []
    for labels, text in [
        ({"app": "till", "zone": "a\"b\\c\nd"}, r'{app="till", zone="a\"b\\c\nd"}'),
        ({"app": "stock", "städte": "ß"}, '{app="stock", städte="ß"}'),
    ]:
        entries = []
        for number in range(25):
            id = client.id()
            line = f'{{"id":"{id}","text":"Grüße\\u0001"}}'
            metadata = [("trace_id", "0102"), ("pod", "till-7")] if number % 2 else []
            entries.append((START + number, line, metadata))
            expected = {"metadata": dict(metadata)} if metadata else {}
            client.expect(id, time=f"{INSTANT}{6789 + number}Z", message=line, labels=labels,
                          **expected, **more)
        streams.append((labels, text, entries))
    return streams


def protobuf(name, fields):
    @replay(name)
    def run(client):
        tenant = dict(fields).get("X-Scope-OrgID")
        more = {"tenant": tenant} if tenant else {}
        streams = [(text, entries) for _, text, entries in streams_of(client, **more)]
        answer = client.send(
            "POST", PATH, [*fields, ("Authorization", f"Bearer {client.token}")],
            snappy(push_request(streams, has_hash="Alloy" in name)))
        client.demand_status(answer, 204)
        client.demand(f"{answer.body!r} is a body", answer.body == b"")


protobuf("Promtail", [
    ("User-Agent", "promtail/3.5.0"), ("Content-Type", "application/x-protobuf")])
protobuf("Promtail with a tenant", [
    ("User-Agent", "promtail/3.5.0"), ("Content-Type", "application/x-protobuf"),
    ("X-Scope-OrgID", "shop|till")])
protobuf("Alloy, and Grafana's Docker driver", [
    ("User-Agent", "Alloy/v1.11.0 (linux; docker)"), ("Content-Type", "application/x-protobuf")])
protobuf("Vector's loki, snappy", [
    ("content-type", "application/x-protobuf"), ("content-encoding", "snappy"),
    ("user-agent", "Vector/0.50.0")])
protobuf("a client without a content type", [])


def in_json(name, coding, fields, checks=False):
    @replay(name)
    def run(client):
        if checks:
            client.demand_status(client.send("GET", "/ready"), 200)
        tenant = {key.lower(): value for key, value in fields}.get("x-scope-orgid")
        more = {"tenant": tenant} if tenant else {}
        streams = [
            {"stream": labels, "values": [
                [str(nanoseconds), line, dict(metadata)] if metadata else [str(nanoseconds), line]
                for nanoseconds, line, metadata in entries]}
            for labels, _, entries in streams_of(client, **more)]
        body, coded = encoded(coding, compact({"streams": streams}))
        answer = client.send(
            "POST", PATH, [*fields, *coded, ("Authorization", f"Bearer {client.token}")], body)
        client.demand_status(answer, 204)


for coding in [None, "gzip"]:
    in_json(f"Fluent Bit's loki, {coding or 'plain'}", coding, [
        ("User-Agent", "Fluent-Bit"), ("Content-Type", "application/json"),
        ("X-Scope-OrgID", "shop")])
    in_json(f"Vector's loki, {coding or 'plain'}", coding, [
        ("content-type", "application/json"), ("user-agent", "Vector/0.50.0")], checks=True)
in_json("a client that names the charset", None, [
    ("Content-Type", "application/json; charset=utf-8")])


@replay("the old form of JSON")
def old(client):
    entries = []
    for _ in range(10):
        id = client.id()
        entries.append({"ts": "2026-11-28T18:00:08.123456+00:00", "line": f"Grüße {id}"})
        client.expect(id, message=f"Grüße {id}", labels={"app": "till", "zone": "a\"b"},
                      time="2026-11-28T18:00:08.123456Z")
    body = compact({"streams": [{"labels": '{app="till",zone="a\\"b"}', "entries": entries}]})
    answer = client.send("POST", "/api/prom/push", [
        ("Content-Type", "application/json"), ("Authorization", f"Bearer {client.token}")], body)
    client.demand_status(answer, 204)


@replay("rsyslog's omhttp, lokirest")
def omhttp(client):
    streams = []
    for number in range(10):
        id = client.id()
        streams.append({"stream": {"host": "till-1"}, "values": [[str(START + number), id]]})
        client.expect(id, message=id, labels={"host": "till-1"},
                      time=f"{INSTANT}{6789 + number}Z")
    # It puts blanks behind the name of the first member.
    body = b'{"streams": ' + compact(streams) + b"}"
    answer = client.send("POST", PATH, [
        ("Accept", "*/*"), ("Content-Type", "application/json; charset=utf-8"),
        ("Authorization", f"Bearer {client.token}")], body)
    client.demand_status(answer, 204)


@replay("a frame of snappy")
def frame(client):
    id = client.id()
    client.expect(id, message=id, labels={"app": "till"})
    message = push_request([('{app="till"}', [(START, id, [])])])
    answer = client.send("POST", PATH, [
        ("Content-Type", "application/x-protobuf"), ("Authorization", f"Bearer {client.token}")],
        bytes(cramjam.snappy.compress(message)))
    client.demand_status(answer, 204)
