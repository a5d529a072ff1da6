# SPDX-License-Identifier: Apache-2.0
"""A sender of records that keeps exact accounts of the answers."""

import http.client
import json
import random
import time
from typing import List


class Client:
    """Posts NDJSON with unique ids over one connection that it opens anew when it is closed."""

    def __init__(self, host: str, port: int, name: str, pause: float, byte_count: int) -> None:
        self.host, self.port, self.name, self.pause = host, port, name, pause
        self.byte_count = byte_count
        self.is_stopping = self.recovered = False
        self.success_count = self.full_count = self.number = 0
        self.acknowledged: List[str] = []
        self.refused: List[str] = []
        self.unknown: List[List[str]] = []
        self.problems: List[str] = []

    def run(self) -> None:
        connection = self.connection()
        while not self.is_stopping:
            ids = [f"{self.name}-{self.number + k}" for k in range(random.randint(1, 10))]
            self.number += len(ids)
            try:
                self.post(connection, ids)
            except (OSError, http.client.HTTPException):
                # Whether it was written before the worker died, nobody can say.
                self.unknown.append(ids)
                self.recovered = False
                connection.close()
                connection = self.connection()
                time.sleep(0.02)
            time.sleep(random.uniform(0, 2 * self.pause))
        connection.close()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=10)

    def post(self, connection: http.client.HTTPConnection, ids: List[str]) -> None:
        size = self.byte_count if random.random() < 0.02 else 100
        body = "".join(
            json.dumps({"id": name, "filler": "x" * random.randint(0, size)}) + "\n"
            for name in ids)
        connection.request("POST", "/logs", body, {"Content-Type": "application/x-ndjson"})
        response = connection.getresponse()
        answer = response.read()
        self.recovered = response.status == 200
        if response.status == 200:
            self.success_count += 1
            self.acknowledged += ids
            if json.loads(answer).get("accepted") != len(ids):
                self.problems.append(f"{len(ids)} records, but {answer!r}")
        elif response.status == 503:
            self.full_count += 1
            self.refused += ids
            if response.headers.get("Retry-After") is None:
                self.problems.append("503 without Retry-After")
        else:
            self.problems.append(f"{response.status} {answer!r}")
