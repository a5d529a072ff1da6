# SPDX-License-Identifier: Apache-2.0
"""Clients of Splunk's HTTP Event Collector.

Built from moby: daemon/logger/splunk/splunk.go; fluent-bit: plugins/out_splunk/splunk.c; vector:
src/sinks/splunk_hec; syslog-ng's http() with a template that does not escape.
"""

import json

from account import Absent
from replay import compact, encoded, replay

AGENT = ("User-Agent", "Go-http-client/1.1")
PATH = "/services/collector/event/1.0"
CHANNEL = "6b1c0b4e-8f1a-4a44-9d4f-1f6f7a1f0c11"


def docker(name, coding, line_of, expected_of):
    @replay(f"Docker's splunk driver, {name}, {coding or 'plain'}")
    def run(client):
        # The start of a container fails unless this is answered with exactly 200.
        client.demand_status(client.send("OPTIONS", PATH, [AGENT]), 200)
        for _ in range(2):
            events = b""
            for number in range(50):
                id = client.id()
                event = line_of(id)
                message = {"event": event, "time": f"{1795888808 + number}.{id[-6:]}",
                           "host": "docker-1", "source": "shop", "sourcetype": "till",
                           "index": "main"}
                client.expect(id, host="docker-1", source="shop", sourcetype="till", index="main",
                              **expected_of(id, event))
                # Nothing stands between two events.
                events += compact(message)
            body, fields = encoded(coding, events)
            answer = client.send(
                "POST", PATH,
                [AGENT, ("Authorization", f"Splunk {client.token}"), *fields,
                 ("Accept-Encoding", "gzip")], body)
            client.demand_status(answer, 200)
        # What is not 200 is sent again, with all that came since, for ever.
        id = client.id()
        body = b'{"event":"' + client.rejected().encode() + b'",}' + compact(
            {"event": line_of(id), "time": "1795888808.000000", "host": "docker-1"})
        client.demand_status(client.send(
            "POST", PATH, [AGENT, ("Authorization", f"Splunk {client.token}")], body), 200)


def inline(id):
    return {"line": f"Grüße \"{id}\" \u001b[0m", "source": "stdout", "tag": "4e8a97f0c0b1",
            "attrs": {"env": "prod"}}


for coding in [None, "gzip"]:
    docker("inline", coding, inline, lambda id, event: {
        "message": event["line"], "event": {key: event[key] for key in ("source", "tag", "attrs")}})
    docker("json", coding, lambda id: {
        "line": {"id": id, "n": [1, 2.5, None]}, "source": "stderr", "tag": "4e8a97f0c0b1"},
        lambda id, event: {"event": event, "message": Absent})
    docker("raw", coding, lambda id: f"4e8a97f0c0b1 env=prod Grüße {id}",
           lambda id, event: {"message": event, "event": Absent})


def fluent_bit(coding, settings):
    @replay(f"Fluent Bit's splunk, {coding or 'plain'}{', raw' * settings['raw']}")
    def run(client):
        lines = b""
        for number in range(50):
            id = client.id()
            record = {"log": f"Grüße {id}", "n": number}
            if settings["raw"]:
                client.expect(id, **record)
                event = record
            else:
                event = {"time": 1795888808.25 + number, "host": "till-1", "source": "tail.0",
                         "sourcetype": "text", "index": "main", "fields": {"zone": "a"},
                         "event": record}
                client.expect(id, host="till-1", source="tail.0", sourcetype="text", index="main",
                              fields={"zone": "a"}, event=record)
            lines += compact(event) + b"\n"
        body, fields = encoded(coding, lines)
        answer = client.send(
            "POST", "/services/collector/event",
            [("User-Agent", "Fluent-Bit"), ("Authorization", f"Splunk {client.token}"),
             ("X-Splunk-Request-Channel", CHANNEL), *fields], body)
        client.demand_status(answer, 200)


for coding in [None, "gzip"]:
    fluent_bit(coding, {"raw": False})
fluent_bit(None, {"raw": True})


def vector(coding, is_text):
    @replay(f"Vector's splunk_hec_logs, {coding or 'plain'}, {'text' if is_text else 'json'}")
    def run(client):
        token = ("authorization", f"Splunk {client.token}")
        client.demand_status(client.send("GET", "/services/collector/health/1.0", [token]), 200)
        events = b""
        for number in range(50):
            id = client.id()
            event = f"Grüße {id}" if is_text else {"message": f"Grüße {id}", "n": number}
            client.expect(
                id, host="till-1", source="shop", sourcetype="_json", index="main",
                fields={"zone": "a"}, **({"message": event} if is_text else {"event": event}))
            events += compact({"event": event, "fields": {"zone": "a"}, "time": 1795888808.123,
                               "host": "till-1", "index": "main", "source": "shop",
                               "sourcetype": "_json"})
        body, fields = encoded(coding, events)
        answer = client.send(
            "POST", "/services/collector/event",
            [("content-type", "application/json"), token,
             ("x-splunk-request-channel", CHANNEL), ("user-agent", "Vector/0.50.0"),
             ("accept-encoding", "identity"), *fields], body)
        client.demand_status(answer, 200)
        # An answer without `ackId` is final for it.
        client.demand(f"{answer.body!r} has an ackId", "ackId" not in answer.json)


for coding in [None, "gzip"]:
    vector(coding, False)
    vector(coding, True)


@replay("Vector's splunk_hec_logs, raw")
def vector_raw(client):
    lines = []
    for _ in range(20):
        id = client.id()
        lines.append(f"Grüße {id}")
        client.expect(id, message=lines[-1], host="till-1", source="shop", sourcetype="text",
                      index="main")
    answer = client.send(
        "POST", "/services/collector/raw?source=shop&sourcetype=text&index=main&host=till-1",
        [("content-type", "application/json"), ("authorization", f"Splunk {client.token}"),
         ("x-splunk-request-channel", CHANNEL), ("user-agent", "Vector/0.50.0")],
        "\n".join(lines).encode())
    client.demand_status(answer, 200)


@replay("syslog-ng's http() with a template that does not escape")
def syslog_ng(client):
    good, bad, last = client.id(), client.rejected(), client.id()
    client.expect(good, message=f"line {good}", host="till-1")
    client.expect(last, message=f"line {last}")
    body = (f'{{"time":"1795888808.123456","host":"till-1","event":"line {good}"}}\n'
            f'{{"time":"1795888808.123456","host":"till-1","event":"line "{bad}""}}\n'
            f'{{"time":"1795888808.123456","host":"till-1","event":"line {last}"}}\n').encode()
    answer = client.send(
        "POST", "/services/collector/event",
        [("User-Agent", "syslog-ng 3.38.1/libcurl 7.88.1"), ("Accept", "*/*"),
         ("Authorization", f"Splunk {client.token}"),
         ("Content-Type", "application/x-www-form-urlencoded")], body)
    client.demand_status(answer, 200)


@replay("Firehose's Splunk destination, its probe")
def firehose(client):
    answer = client.send("POST", "/services/collector/event",
                         [("Authorization", f"Splunk {client.token}")], b"")
    client.demand_status(answer, 400)
    client.demand(f"{answer.body!r} is not code 5", json.loads(answer.body).get("code") == 5)
