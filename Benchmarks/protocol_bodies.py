# SPDX-License-Identifier: Apache-2.0
"""Bodies of the protocols of other services' clients: the same records in each.

A record has a time, a level, a host, a trace id, a message and a number.
"""

import json
import os
import random
import struct

RECORDS = 100
FILES = 16
# Path, media type, and the request's number of records.
PROTOCOLS = {
    "native": ("/logs", "application/x-ndjson"),
    "otlp-protobuf": ("/v1/logs", "application/x-protobuf"),
    "otlp-json": ("/v1/logs", "application/json"),
    "elasticsearch": ("/_bulk", "application/x-ndjson"),
    "loki-json": ("/loki/api/v1/push", "application/json"),
    "splunk": ("/services/collector/event", "application/json"),
    "datadog": ("/api/v2/logs", "application/json"),
}
START = 1_795_000_000_000_000_000


def records(seed):
    rng = random.Random(seed)
    for index in range(RECORDS):
        verb, taken = rng.choice(["GET", "PUT", "POST", "DELETE"]), rng.randrange(1, 900)
        yield {
            "time": START + index * 1_000_003, "level": rng.choice(["INFO", "WARN", "ERROR"]),
            "host": f"web-{rng.randrange(9):02}", "trace": f"{rng.getrandbits(128):032x}",
            "message": f"{verb} /api/v1/items/{rng.randrange(99999)} 200 {taken}ms", "taken": taken,
        }


def compact(value):
    return json.dumps(value, separators=(",", ":"))


# Protobuf's wire format, as far as these messages need it.

def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def part(number, content):
    """A field of bytes, text or a message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def fixed64(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def attribute(key, value):
    held = part(1, value) if isinstance(value, str) else varint(3 << 3) + varint(value)
    return part(1, key) + part(2, held)


RESOURCE = {"service.name": "gateway", "host.name": "web-01", "telemetry.sdk.language": "python"}


def otlp_protobuf(rows):
    logs = b"".join(
        part(2, fixed64(1, row["time"]) + varint(2 << 3) + varint(9) + part(3, row["level"])
             + part(5, part(1, row["message"])) + part(6, attribute("http.duration_ms", row["taken"]))
             + part(6, attribute("host", row["host"])) + varint(8 << 3 | 5) + struct.pack("<I", 1)
             + part(9, bytes.fromhex(row["trace"])) + part(10, bytes.fromhex(row["trace"][:16]))
             + fixed64(11, row["time"] + 1000))
        for row in rows)
    resource = b"".join(part(1, attribute(key, value)) for key, value in RESOURCE.items())
    scope = part(1, part(1, "app") + part(2, "1.4.2"))
    return part(1, part(1, resource) + part(2, scope + logs))


def otlp_json(rows):
    def text(key, value):
        return {"key": key, "value": {"stringValue": value}}
    logs = [{
        "timeUnixNano": str(row["time"]), "severityNumber": 9, "severityText": row["level"],
        "body": {"stringValue": row["message"]},
        "attributes": [{"key": "http.duration_ms", "value": {"intValue": str(row["taken"])}}, text("host", row["host"])],
        "flags": 1, "traceId": row["trace"], "spanId": row["trace"][:16],
        "observedTimeUnixNano": str(row["time"] + 1000),
    } for row in rows]
    resource = {"attributes": [text(key, value) for key, value in RESOURCE.items()]}
    scope = {"scope": {"name": "app", "version": "1.4.2"}, "logRecords": logs}
    return compact({"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}).encode()


def document(row):
    return compact({
        "@timestamp": row["time"] // 10**6, "level": row["level"], "service": "gateway", "host": row["host"],
        "trace": row["trace"], "message": row["message"]})


def native(rows):
    return "".join(document(row) + "\n" for row in rows).encode()


def elasticsearch(rows):
    return "".join('{"create":{"_index":"logs"}}\n' + document(row) + "\n" for row in rows).encode()


def loki_json(rows):
    values = [[str(row["time"]), row["message"], {"trace": row["trace"]}] for row in rows]
    return compact({"streams": [{"stream": {"service": "gateway", "host": "web-01"}, "values": values}]}).encode()


def splunk(rows):
    return "".join(compact({
        "time": row["time"] / 1e9, "host": row["host"], "source": "gateway",
        "event": {"level": row["level"], "message": row["message"], "trace": row["trace"]}}) for row in rows).encode()


def datadog(rows):
    return compact([{
        "message": row["message"], "status": row["level"], "timestamp": row["time"] // 10**6, "hostname": row["host"],
        "service": "gateway", "ddsource": "app", "ddtags": f"trace:{row['trace']}"} for row in rows]).encode()


MAKERS = {
    "native": native, "otlp-protobuf": otlp_protobuf, "otlp-json": otlp_json, "elasticsearch": elasticsearch,
    "loki-json": loki_json, "splunk": splunk, "datadog": datadog,
}


def write(work, protocol):
    """Bodies of a protocol, for wrk, in a folder of its own; returns the bytes of a record in them."""
    os.makedirs(f"{work}/{protocol}")
    count = 0
    for index in range(FILES):
        body = MAKERS[protocol](list(records(index)))
        count += len(body)
        with open(f"{work}/{protocol}/{index}", "wb") as file:
            file.write(body)
    return count / FILES / RECORDS
