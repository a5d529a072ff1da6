# SPDX-License-Identifier: Apache-2.0
"""Clients of the native path: Cloudflare's Logpush, rsyslog's omhttp and Pub/Sub's push.

Built from Cloudflare's pages on Logpush to HTTP; rsyslog: contrib/omhttp/omhttp.c; Google's page
on push subscriptions.
"""

import base64
import gzip
import json

from replay import compact, encoded, replay


@replay("Cloudflare's Logpush")
def logpush(client):
    fields = [("Content-Encoding", "gzip"), ("Authorization", f"Bearer {client.token}"),
              ("User-Agent", "Go-http-client/2.0")]
    path = "/logs" * (not client.prefix)
    # Its test when a job is made.
    answer = client.send("POST", f"{path}?ack=write", fields,
                         gzip.compress(b'{"content":"tests"}'))
    client.demand_status(answer, 200)
    lines = b""
    for number in range(200):
        id = client.id()
        record = {"ClientRequestURI": f"/?q={id}", "EdgeResponseStatus": 200,
                  "EdgeStartTimestamp": 1795888808000000000 + number}
        client.expect(id, **record)
        lines += compact(record) + b"\n"
    answer = client.send("POST", path, [*fields, ("Content-Type", "application/x-ndjson")],
                         gzip.compress(lines))
    client.demand_status(answer, 200)


def omhttp(name, kind, coding, join):
    @replay(f"rsyslog's omhttp, {name}, {coding or 'plain'}")
    def run(client):
        records = []
        for number in range(50):
            id = client.id()
            records.append({"message": f"Grüße \"{id}\"", "host": "till-1", "n": number})
            client.expect(id, **records[-1])
        body, fields = encoded(coding, join([compact(record) for record in records]))
        answer = client.send("POST", "/logs" * (not client.prefix), [
            ("Accept", "*/*"), ("Content-Type", kind), *fields,
            ("Authorization", f"Bearer {client.token}")], body)
        client.demand_status(answer, 200, 201, 202, 204)


JSON_TYPE = "application/json; charset=utf-8"
for coding in [None, "gzip"]:
    omhttp("newline", "application/x-ndjson", coding, b"\n".join)
    omhttp("newline, its own type", JSON_TYPE, coding, b"\n".join)
    omhttp("jsonarray", JSON_TYPE, coding, lambda lines: b"[" + b",".join(lines) + b"]")


@replay("Pub/Sub's push")
def pubsub(client):
    for _ in range(3):
        id = client.id()
        message = {"message": {
            "attributes": {"source": "till"}, "data": base64.b64encode(b"hello").decode(),
            "messageId": id, "message_id": id, "publishTime": "2026-11-28T18:00:08.123Z",
            "publish_time": "2026-11-28T18:00:08.123Z"},
            "subscription": "projects/shop/subscriptions/till"}
        client.expect(id, **message)
        answer = client.send("POST", "/logs" * (not client.prefix), [
            ("Content-Type", "application/json"), ("Accept", "application/json"),
            ("From", "noreply@google.com"), ("User-Agent", "APIs-Google"),
            ("Authorization", f"Bearer {client.token}")], json.dumps(message, indent=2).encode())
        client.demand_status(answer, 102, 200, 201, 202, 204)
