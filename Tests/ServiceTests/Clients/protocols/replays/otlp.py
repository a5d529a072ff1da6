# SPDX-License-Identifier: Apache-2.0
"""Clients of OTLP over HTTP.

Built from opentelemetry-collector: exporter/otlphttpexporter; fluent-bit:
plugins/out_opentelemetry; vector: its sink with the codec `otlp`; opentelemetry-js: JSON.
"""

import json

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest, ExportLogsServiceResponse)
from replay import encoded, replay

START = 1795888808_123456789


def request_of(client, count=100):
    """A request of two resources; of each record, what must be found."""
    request = ExportLogsServiceRequest()
    for number, service in enumerate(["till", "stock"]):
        resource = request.resource_logs.add()
        pair = resource.resource.attributes.add(key="service.name")
        pair.value.string_value = service
        resource.schema_url = "https://opentelemetry.io/schemas/1.27.0"
        scope = resource.scope_logs.add()
        scope.scope.name, scope.scope.version = "filelog", "1.0"
        for index in range(count // 2):
            id = client.id()
            record = scope.log_records.add(
                time_unix_nano=START + index, observed_time_unix_nano=START + 1,
                severity_number=9, severity_text="INFO")
            record.body.string_value = f"Grüße {id}"
            pair = record.attributes.add(key="log.file.name")
            pair.value.string_value = "till.log"
            if index % 2:
                record.trace_id, record.span_id, record.flags = bytes(range(16)), b"\xa1" * 8, 1
            client.expect(
                id, time=f"2026-11-28T18:00:08.12345{6789 + index}Z", level="INFO",
                severity_number=9, message=f"Grüße {id}",
                attributes={"log.file.name": "till.log"},
                scope={"name": "filelog", "version": "1.0"},
                resource={"attributes": {"service.name": service},
                          "schema_url": "https://opentelemetry.io/schemas/1.27.0"},
                **({"trace_id": bytes(range(16)).hex(), "span_id": "a1" * 8, "flags": 1}
                   if index % 2 else {}))
    return request


def demand_success(client, answer):
    """What an exporter reads: the status, and a message of the same type that reports nothing."""
    client.demand_status(answer, 200)
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind:
        response = json.loads(answer.body or b"{}")
        client.demand(f"{answer.body!r} reports a loss", not response.get("partialSuccess"))
    else:
        client.demand(f"{kind!r} is not its type", kind.startswith("application/x-protobuf"))
        response = ExportLogsServiceResponse.FromString(answer.body)
        client.demand(f"{answer.body!r} reports a loss",
                      response.partial_success.rejected_log_records == 0)


def collector(coding, path="/v1/logs"):
    @replay(f"the Collector's otlphttp, {coding or 'plain'}, {path}")
    def run(client):
        for _ in range(2):
            body, fields = encoded(coding, request_of(client).SerializeToString())
            answer = client.send("POST", path, [
                ("User-Agent", "OpenTelemetry Collector Contrib/0.140.0 (linux/amd64)"),
                ("Authorization", f"Bearer {client.token}"), *fields,
                ("Content-Type", "application/x-protobuf"), ("Accept-Encoding", "gzip")],
                body, is_chunked=coding == "zstd")
            demand_success(client, answer)
            kind = answer.headers.get("Content-Type", "")
            client.demand(f"{kind!r} is not its type", kind == "application/x-protobuf")


for coding in [None, "gzip", "zstd", "deflate"]:
    collector(coding)
# The base URL for Loki.
collector("gzip", "/otlp/v1/logs")


@replay("the Collector's otlphttp, deflate under the name zlib")
def zlib_name(client):
    body, _ = encoded("deflate", request_of(client).SerializeToString())
    answer = client.send("POST", "/v1/logs", [
        ("Authorization", f"Bearer {client.token}"), ("Content-Encoding", "zlib"),
        ("Content-Type", "application/x-protobuf")], body)
    demand_success(client, answer)


def fluent_bit(coding):
    @replay(f"Fluent Bit's opentelemetry, {coding or 'plain'}")
    def run(client):
        body, fields = encoded(coding, request_of(client).SerializeToString())
        answer = client.send("POST", "/v1/logs", [
            ("Content-Type", "application/x-protobuf"), ("User-Agent", "Fluent-Bit"),
            ("Authorization", f"Bearer {client.token}"), *fields], body)
        client.demand_status(answer, 200, 201, 202, 203, 204, 205)


for coding in [None, "gzip", "zstd"]:
    fluent_bit(coding)


@replay("Vector's opentelemetry")
def vector(client):
    body, fields = encoded("gzip", request_of(client).SerializeToString())
    answer = client.send("POST", "/v1/logs", [
        ("content-type", "application/x-protobuf"), ("user-agent", "Vector/0.50.0"),
        ("accept-encoding", "zstd,gzip,deflate,br"), ("authorization", f"Bearer {client.token}"),
        *fields], body)
    demand_success(client, answer)


def any_value(value):
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(element) for element in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": pairs(value)}}
    return {"stringValue": value}


def pairs(members):
    return [{"key": key, "value": any_value(value)} for key, value in members.items()]


@replay("the JavaScript SDK, JSON with integers as numbers")
def javascript(client):
    records = []
    for _ in range(20):
        id = client.id()
        attributes = {"n": 5, "x": 1.5, "ok": True, "list": ["a", 1], "map": {"a.b": ""}}
        records.append({
            "timeUnixNano": str(START), "observedTimeUnixNano": str(START),
            "severityNumber": 17, "severityText": "ERROR",
            "body": any_value({"id": id, "deep": [1]}), "attributes": pairs(attributes),
            "droppedAttributesCount": 0, "flags": 1,
            "traceId": "0102030405060708090A0B0C0D0E0F10", "spanId": "a1a2a3a4a5a6a7a8"})
        client.expect(
            id, time="2026-11-28T18:00:08.123456789Z", level="ERROR", severity_number=17,
            body={"id": id, "deep": [1]}, attributes=attributes,
            trace_id="0102030405060708090a0b0c0d0e0f10", span_id="a1a2a3a4a5a6a7a8", flags=1,
            resource={"attributes": {"service.name": "shop"}}, scope={"name": "till"})
    body = json.dumps({"resourceLogs": [{
        "resource": {"attributes": pairs({"service.name": "shop"}), "droppedAttributesCount": 0},
        "scopeLogs": [{"scope": {"name": "till"}, "logRecords": records}]}]}).encode()
    answer = client.send("POST", "/v1/logs", [
        ("Content-Type", "application/json"), ("User-Agent", "OTel-OTLP-Exporter-JavaScript/0.208.0"),
        ("Authorization", f"Bearer {client.token}"), ("Connection", "keep-alive")], body)
    demand_success(client, answer)


@replay("a request without records")
def empty(client):
    # The specification of OTLP asks for success.
    for kind, body in [("application/json", b'{"resourceLogs":[]}'), ("application/x-protobuf", b"")]:
        demand_success(client, client.send("POST", "/v1/logs", [
            ("Content-Type", kind), ("Authorization", f"Bearer {client.token}")], body))


@replay("a record that cannot be read among good ones")
def partial(client):
    id = client.id()
    client.expect(id, message=id)
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"body": {"stringValue": id}}, f"no record {client.rejected()}",
    ]}]}]}).encode()
    answer = client.send("POST", "/v1/logs", [
        ("Content-Type", "application/json"), ("Authorization", f"Bearer {client.token}")], body)
    client.demand_status(answer, 200)
    loss = answer.json.get("partialSuccess", {})
    client.demand(f"{answer.body!r} does not report one loss",
                  int(loss.get("rejectedLogRecords", 0)) == 1)
