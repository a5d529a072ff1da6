# SPDX-License-Identifier: Apache-2.0
"""Firehose, Logplex, Cloudflare's Logpush, rsyslog's omhttp and Pub/Sub's push.

Built from AWS' page on request and response specifications; contrib: awsfirehosereceiver; logplex:
logplex_http_drain.erl; Cloudflare's pages on Logpush to HTTP; rsyslog: contrib/omhttp/omhttp.c;
Google's page on push subscriptions.
"""

import base64
import gzip
import json

from replay import compact, encoded, replay

REQUEST = "a1af4300-6c09-4916-ba8f-12f336176246"
ARN = "arn:aws:firehose:eu-central-1:123456789012:deliverystream/shop"
COMMON = {"commonAttributes": {"deployment": "prod"}}


def firehose_fields(client, id=REQUEST):
    return [("Content-Type", "application/json"), ("X-Amz-Firehose-Protocol-Version", "1.0"),
            ("X-Amz-Firehose-Request-Id", id), ("X-Amz-Firehose-Source-Arn", ARN),
            ("X-Amz-Firehose-Access-Key", client.token),
            ("X-Amz-Firehose-Common-Attributes", json.dumps(COMMON)),
            ("User-Agent", "Amazon Kinesis Data Firehose Agent/1.0")]


def demand_delivered(client, answer):
    """A delivery counts only if the status is 200 and the body names the request."""
    client.demand_status(answer, 200)
    kind = answer.headers.get("Content-Type", "")
    client.demand(f"{kind!r} is not JSON", kind.startswith("application/json"))
    client.demand(f"{answer.body!r} is not of the request",
                  answer.json.get("requestId") == REQUEST
                  and isinstance(answer.json.get("timestamp"), int)
                  and "errorMessage" not in answer.json)


def firehose(coding, kind):
    @replay(f"Firehose, {coding or 'plain'}, {kind}")
    def run(client):
        records = []
        for number in range(20):
            id = client.id()
            if kind == "text":
                data = f"Grüße {id}".encode()
                client.expect(id, message=f"Grüße {id}")
            else:
                data = compact({"id": id, "n": number}) + b"\n" * (number % 2)
                client.expect(id, id=id, n=number, _firehose={
                    "request_id": REQUEST, "source_arn": ARN,
                    "common_attributes": COMMON["commonAttributes"]})
            if kind == "gzip":
                data = gzip.compress(data)
            records.append({"data": base64.b64encode(data).decode()})
        body, fields = encoded(coding, compact(
            {"requestId": REQUEST, "timestamp": 1795888808123, "records": records}))
        answer = client.send("POST", "/firehose", [*firehose_fields(client), *fields], body)
        demand_delivered(client, answer)


for coding in [None, "gzip"]:
    for kind in ["json", "text", "gzip"]:
        firehose(coding, kind)


@replay("Firehose, a body that is none")
def firehose_bad(client):
    answer = client.send("POST", "/firehose", firehose_fields(client), b'{"records":')
    client.demand(f"{answer.status} is a success", answer.status != 200)
    client.demand(f"{answer.body!r} is not of the request", answer.json.get("requestId") == REQUEST
                  and answer.json.get("errorMessage"))


@replay("Logplex")
def logplex(client):
    frames, count = b"", 0
    for number in range(30):
        id = client.id()
        # Some have no newline, some have one inside.
        text = [f"Grüße {id}\n", f"Grüße {id}", f"Grüße {id}\n\tat line 2"][number % 3]
        frame = f"<158>1 2026-11-28T18:00:08.123456+00:00 host app web.{number} - {text}".encode()
        frames += b"%d %s" % (len(frame), frame)
        count += 1
        client.expect(id, time="2026-11-28T18:00:08.123456+00:00", level="info", host="host",
                      app_name="app", proc_id=f"web.{number}", priority=158,
                      _logplex={"frame_id": "09C557EAFCFB6CF2740EE62F62971098",
                                "drain_token": "d.fc6b856b-3332-4546-93de-7d0ee272c3bd"})
    # A message that is empty, with and without the blank before it.
    for frame in [b"<40>1 2026-11-28T18:00:08+00:00 host heroku router - ",
                  b"<40>1 2026-11-28T18:00:08+00:00 host heroku router -"]:
        frames += b"%d %s" % (len(frame), frame)
        count += 1
    login = base64.b64encode(f"all:{client.token}".encode()).decode()
    for wrong in [0, 7]:
        answer = client.send("POST", "/logplex", [
            ("Content-Type", "application/logplex-1"),
            ("Logplex-Msg-Count", str(count + wrong)),
            ("Logplex-Frame-Id", "09C557EAFCFB6CF2740EE62F62971098"),
            ("Logplex-Drain-Token", "d.fc6b856b-3332-4546-93de-7d0ee272c3bd"),
            ("User-Agent", "Logplex/v72"), ("Authorization", f"Basic {login}")], frames)
        # 4xx drops the frame.
        client.demand_status(answer, 200, 201, 202, 204)
        if wrong:
            break
        frame = f"<13>1 2026-11-28T18:00:08+00:00 host app web.1 - {client.id()}\n".encode()
        frames, count = b"%d %s" % (len(frame), frame), 1


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
