# SPDX-License-Identifier: Apache-2.0
"""Clients of Elasticsearch's bulk API.

Built from fluent-bit: plugins/out_es; vector: src/sinks/elasticsearch; contrib:
exporter/elasticsearchexporter (go-docappender).
"""

from replay import compact, encoded, replay

TEXT = b'"errors":false,"items":['


def documents(client, action, count=100):
    """Pairs of lines, and what must be found of them."""
    lines = b""
    for number in range(count):
        id = client.id()
        document = {"@timestamp": f"2026-11-28T18:00:08.{number:03}Z", "log": f"Grüße {id}",
                    "kubernetes": {"labels": {"app.kubernetes.io/name": "till"}}}
        client.expect(id, **document, _bulk=action)
        lines += compact(action) + b"\n" + compact(document) + b"\n"
    return lines


def demand_success(client, answer, count, action):
    client.demand_status(answer, 200)
    client.demand("no X-Elastic-Product", "X-Elastic-Product" in answer.headers)
    # Fluent Bit looks for this text where an answer is too long for it.
    client.demand(f"{answer.body[:100]!r} has not {TEXT!r}", TEXT in answer.body)
    items = answer.json["items"]
    client.demand(f"{len(items)} items are not {count}", len(items) == count)
    client.demand(f"{items[:2]} are not of {action}", all(
        list(item) == [action] and item[action]["status"] in (200, 201) for item in items))


def fluent_bit(coding, base):
    @replay(f"Fluent Bit's es, {coding or 'plain'}, {base or 'at the root'}")
    def run(client):
        for _ in range(2):
            body, fields = encoded(coding, documents(client, {"create": {"_index": "shop"}}))
            answer = client.send("POST", f"{base}/_bulk", [
                ("User-Agent", "Fluent-Bit"), ("Content-Type", "application/x-ndjson"),
                ("Authorization", f"Bearer {client.token}"), *fields], body)
            demand_success(client, answer, 100, "create")


for coding in [None, "gzip"]:
    fluent_bit(coding, "")
    fluent_bit(coding, "/elasticsearch")


@replay("Fluent Bit's es, an answer longer than its 512 KiB")
def long_answer(client):
    # It repeats the whole batch if the text is not in the first 512 KiB.
    body = documents(client, {"create": {"_index": "shop"}}, 5000)
    answer = client.send("POST", "/_bulk", [
        ("User-Agent", "Fluent-Bit"), ("Content-Type", "application/x-ndjson"),
        ("Authorization", f"Bearer {client.token}")], body)
    demand_success(client, answer, 5000, "create")
    client.demand(f"the answer has {len(answer.body)} bytes", len(answer.body) < 512 << 10)


def vector(coding):
    @replay(f"Vector's elasticsearch, {coding or 'plain'}")
    def run(client):
        token = ("authorization", f"Bearer {client.token}")
        answer = client.send("GET", "/elasticsearch/", [token])
        client.demand_status(answer, 200)
        client.demand(f"{answer.body!r} has no version", int(
            answer.json["version"]["number"].split(".")[0]) >= 7)
        answer = client.send("GET", "/elasticsearch/_cluster/health", [token])
        client.demand_status(answer, 200)
        lines = documents(client, {"index": {"_index": "vector-2026.11.28"}})
        body, fields = encoded(coding, lines)
        answer = client.send("POST", "/elasticsearch/_bulk?timeout=60s", [
            ("content-type", "application/x-ndjson"), *fields, ("accept-encoding", "gzip"),
            token, ("user-agent", "Vector/0.50.0")], body)
        demand_success(client, answer, 100, "index")


for coding in [None, "gzip"]:
    vector(coding)


def collector(coding):
    @replay(f"the Collector's elasticsearch exporter, {coding or 'plain'}")
    def run(client):
        lines = documents(client, {"create": {"_index": "logs-generic-default"}})
        body, fields = encoded(coding, lines)
        answer = client.send(
            "POST", "/elasticsearch/_bulk?filter_path=items.%2A.error%2Citems.%2A.status", [
                ("User-Agent", "opentelemetry-collector-contrib/0.140.0 (linux/amd64)"),
                ("Authorization", f"Bearer {client.token}"),
                ("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8"),
                ("X-Elastic-Client-Meta", "es=8.19.0,go=1.25.0,t=8.7.0,hc=1.25.0"),
                ("X-Elastic-Product-Origin", "collector"), *fields], body)
        demand_success(client, answer, 100, "create")


for coding in [None, "gzip"]:
    collector(coding)


@replay("one bad document among good ones")
def bad(client):
    good = documents(client, {"index": {"_index": "shop"}}, 1)
    bad = b'{"index":{"_index":"shop"}}\n{"id":"' + client.rejected().encode() + b'",}\n'
    answer = client.send("POST", "/_bulk", [
        ("Content-Type", "application/x-ndjson"), ("Authorization", f"Bearer {client.token}")],
        good + bad + documents(client, {"index": {"_index": "shop"}}, 1))
    client.demand_status(answer, 200)
    statuses = [item["index"]["status"] for item in answer.json["items"]]
    client.demand(f"{statuses} are the statuses", statuses == [201, 400, 201])
    client.demand("errors is not true", answer.json["errors"] is True)
