# SPDX-License-Identifier: Apache-2.0
"""Sends with `requests`, over one connection: requests_client.py PORT"""
import gzip
import json
import sys

import requests

url = f"http://127.0.0.1:{sys.argv[1]}/logs"
session = requests.Session()
answers = [
    session.post(url, json={"from": "json"}),
    session.post(url, json=[{"from": "array", "n": n} for n in range(3)]),
    session.post(
        url,
        data=gzip.compress(b'{"from":"gzip"}\n{"from":"gzip"}\n'),
        headers={"Content-Encoding": "gzip", "Content-Type": "application/x-ndjson"},
    ),
    session.post(url, data=iter([b'{"from":', b'"generator"}']), headers={"Content-Type": "application/json"}),
    session.post(url, data={"from": "form", "text": "a b&c=d"}),
    session.put(url, json={"from": "put"}),
]
for answer in answers:
    answer.raise_for_status()
pools = session.get_adapter(url).poolmanager.pools
connections = sum(pools[key].num_connections for key in pools.keys())
print(json.dumps({"answers": [a.json() for a in answers], "connections": connections}))
