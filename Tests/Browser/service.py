# SPDX-License-Identifier: Apache-2.0
"""A real `cordwood serve` on a free port and in a directory that goes away with it."""

import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/debug/cordwood"


def eventually(what, condition, seconds=20):
    """The first value of `condition` that is true; it is asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.02)


class Service:
    def __init__(self, *arguments, **settings):
        self.place = tempfile.TemporaryDirectory(prefix="cordwood-")
        self.directory = pathlib.Path(self.place.name) / "logs"
        self.diagnostics = pathlib.Path(self.place.name) / "stderr"
        environment = {f"CORDWOOD_{name.upper()}": value for name, value in settings.items()}
        with self.diagnostics.open("w") as errors:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--directory", self.directory,
                 *arguments],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=errors)
        self.port = eventually("the address", self._port)
        eventually("readiness", lambda: self._status("/readyz") == 200)

    def _port(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the service has ended: {self.diagnostics.read_text()}")
        for line in self.diagnostics.read_text().splitlines():
            if '"event":"listening"' in line:
                return int(re.search(r"http://127\.0\.0\.1:(\d+)", line)[1])
        return None

    def _status(self, path):
        try:
            return self.request("GET", path)[0]
        except OSError:
            return None

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, *lines, stream="app"):
        """Posts lines of NDJSON; what is no text becomes JSON."""
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        body = "".join(text + "\n" for text in texts).encode()
        return self.request(
            "POST", f"/logs/{stream}", body, {"Content-Type": "application/x-ndjson"})

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def close(self):
        self.stop()
        self.place.cleanup()
