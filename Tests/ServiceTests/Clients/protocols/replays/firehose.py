# SPDX-License-Identifier: Apache-2.0
"""Amazon Data Firehose.

Built from AWS' page on request and response specifications, and contrib: awsfirehosereceiver.
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


@replay("Firehose, a wrong key")
def firehose_refused(client):
    key = client.token
    client.token = "wrong"
    answer = client.send("POST", "/firehose", firehose_fields(client), compact(
        {"requestId": REQUEST, "timestamp": 1795888808123, "records": []}))
    client.demand(f"{answer.body!r} is not of the request",
                  answer.json.get("requestId") == REQUEST)
    if key != "none":
        client.demand(f"{answer.status} {answer.body!r} is a success",
                      answer.status != 200 and answer.json.get("errorMessage"))
