# SPDX-License-Identifier: Apache-2.0
"""Clients of Datadog's log intake.

Built from datadog-agent: pkg/logs/client/http/destination.go; fluent-bit:
plugins/out_datadog/datadog.c; vector: src/sinks/datadog/logs.
"""

import zstandard
from replay import compact, encoded, replay

PATH = "/api/v2/logs"


def agent_fields(client):
    return [("User-Agent", "datadog-agent/7.71.0"), ("Content-Type", "application/json"),
            ("Dd-Api-Key", client.token), ("Dd-Current-Timestamp", "1795888808123"),
            ("Dd-Evp-Origin", "agent"), ("Dd-Evp-Origin-Version", "7.71.0"),
            ("Dd-Message-Timestamp", "1795888808000")]


def entries_of(client, count=100):
    entries = []
    for number in range(count):
        id = client.id()
        entries.append({
            "message": f"Grüße {id}", "status": "info", "timestamp": 1795888808123 + number,
            "hostname": "till-1", "service": "shop", "ddsource": "till",
            "ddtags": "env:prod,lone,filename:till.log"})
        client.expect(id, **entries[-1])
    return entries


def agent(coding, path):
    @replay(f"Datadog agent, {coding or 'plain'}, {path}")
    def run(client):
        # Its check at each start, which must not be written.
        answer = client.send("POST", path, agent_fields(client), b"{}")
        client.demand_status(answer, 202)
        for _ in range(2):
            body, fields = encoded(coding, compact(entries_of(client)))
            answer = client.send(
                "POST", path, [*agent_fields(client), *fields, ("Accept-Encoding", "gzip")], body)
            # 400, 401, 403 and 413 lose the payload.
            client.demand_status(answer, 202)
            client.demand(f"{answer.body!r} is not {{}}", answer.body == b"{}")


for coding in ["zstd", "gzip", None]:
    agent(coding, PATH)
agent("gzip", "/v1/input")


@replay("Datadog agent, two frames of zstd")
def frames(client):
    entries = compact(entries_of(client))
    compress = zstandard.ZstdCompressor().compress
    body = compress(entries[:1000]) + compress(entries[1000:])
    answer = client.send(
        "POST", PATH, [*agent_fields(client), ("Content-Encoding", "zstd")], body)
    client.demand_status(answer, 202)


@replay("Datadog's Lambda extension, messages that are objects")
def extension(client):
    entries = []
    for _ in range(10):
        id = client.id()
        entries.append({
            "message": {"lambda": {"arn": "arn:aws:lambda:eu-1:1:function:f", "request_id": "1"},
                        "timestamp": 1795888808123, "status": "info", "message": id},
            "hostname": "arn:aws:lambda:eu-1:1:function:f", "service": "f", "ddtags": "env:prod",
            "ddsource": "lambda"})
        client.expect(id, **entries[-1])
    answer = client.send("POST", PATH, [
        ("dd-api-key", client.token), ("dd-protocol", "agent-json"),
        ("content-type", "application/json"), ("content-encoding", "zstd")],
        encoded("zstd", compact(entries))[0])
    client.demand_status(answer, 202)
    client.demand(f"{answer.body!r} is not {{}}", answer.body == b"{}")


def fluent_bit(coding):
    @replay(f"Fluent Bit's datadog, {coding or 'plain'}")
    def run(client):
        entries = []
        for number in range(50):
            id = client.id()
            entries.append({
                "timestamp": 1795888808123 + number, "dd_tags_key": "tail.0", "ddsource": "till",
                "service": "shop", "message": f"Grüße {id}", "n": {"deep": [number]},
                "ddtags": "env:prod"})
            client.expect(id, **entries[-1])
        body, fields = encoded(coding, compact(entries))
        answer = client.send("POST", PATH, [
            ("User-Agent", "Fluent-Bit"), ("DD-API-KEY", client.token),
            ("DD-EVP-ORIGIN", "Fluent-Bit"), ("DD-EVP-ORIGIN-VERSION", "4.1.0"),
            ("Content-Type", "application/json"), *fields], body)
        client.demand_status(answer, 200, 201, 202, 203, 204, 205)


def vector(coding):
    @replay(f"Vector's datadog_logs, {coding or 'plain'}")
    def run(client):
        answer = client.send("GET", "/api/v1/validate", [
            ("dd-api-key", client.token), ("user-agent", "Vector/0.50.0")])
        client.demand_status(answer, 200)
        body, fields = encoded(coding, compact(entries_of(client)))
        answer = client.send("POST", PATH, [
            ("content-type", "application/json"), ("dd-api-key", client.token),
            ("dd-evp-origin", "vector"), ("dd-evp-origin-version", "0.50.0"),
            ("user-agent", "Vector/0.50.0"), ("accept-encoding", "identity"), *fields], body)
        client.demand_status(answer, 202)


for coding in [None, "gzip", "zstd"]:
    vector(coding)
for coding in [None, "gzip"]:
    fluent_bit(coding)


@replay("an intake with tags in its query")
def query(client):
    id = client.id()
    client.expect(id, message=id, _dd={"ddtags": "a:b,lone", "ddsource": "s", "service": "v",
                                       "hostname": "h"})
    answer = client.send(
        "POST", "/v1/input?ddtags=a%3Ab%2Clone&ddsource=s&service=v&hostname=h",
        [("DD-API-KEY", client.token)], compact({"message": id}))
    client.demand_status(answer, 202)
