# SPDX-License-Identifier: Apache-2.0
"""Sends with urllib and http.client: standard_library.py PORT"""
import http.client
import json
import sys
import urllib.request

port = int(sys.argv[1])
answers = []
for data, kind in [(b'{"from":"urllib"}', "application/json"), (b"from=urllib+form", None)]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/logs", data=data)
    if kind:
        request.add_header("Content-Type", kind)
    with urllib.request.urlopen(request, timeout=15) as response:
        answers.append(json.load(response))

connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
sockets = set()
for number in range(50):
    # Every other body comes in chunks.
    body = json.dumps({"from": "http.client", "n": number}).encode()
    connection.request("POST", "/logs", iter([body[:9], body[9:]]) if number % 2 else body)
    sockets.add(connection.sock.getsockname())
    answers.append(json.load(connection.getresponse()))
print(json.dumps({"answers": answers, "connections": len(sockets)}))
