# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared: each with one worker, on a core of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from measures import HERE, SERVER_CORE, found_records, free_port, wait_until_listening

CORDWOOD = os.environ.get("CORDWOOD", os.path.join(HERE, "../.build/release/cordwood"))
VENV = os.path.join(HERE, "../.build/venv-bench/bin")

NGINX = """
worker_processes 1; daemon off; pid {run}/nginx.pid; error_log {run}/error.log warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 100000000; client_max_body_size 32m;
  client_body_buffer_size 1m; client_body_in_single_buffer on; client_body_temp_path {run}/body;
  proxy_temp_path {run}/p; fastcgi_temp_path {run}/f; uwsgi_temp_path {run}/u; scgi_temp_path {run}/s;
  log_format body escape=none '$request_body';
  upstream sink {{ server unix:{run}/sink; keepalive 64; keepalive_requests 100000000; }}
  server {{ listen unix:{run}/sink; location / {{ return 204; }} }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      access_log {logs}/app.log body;
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass http://sink;
    }}
  }}
}}
"""

SAID = {
    "baseline": "a C program that only receives, finds the body, writes and answers: the limit",
    "nginx": "nginx with the request body as its access log",
    "python": "gunicorn with Python's TimedRotatingFileHandler, mended for several processes",
    "cordwood": "Cordwood, ack: write",
    "cordwood_fsync": "Cordwood, ack: fsync",
}


def is_installed(name):
    if name == "python":
        return os.path.exists(f"{VENV}/gunicorn")
    return name != "nginx" or shutil.which("nginx") is not None


class Server:
    """One of them, on a port and in a directory of its own."""

    def __init__(self, name, work, settings=None):
        self.name = name
        self.run = tempfile.mkdtemp(dir=work)
        self.logs = f"{self.run}/logs"
        os.makedirs(self.logs)
        for path in (self.run, self.logs):
            os.chmod(path, 0o777)
        self.port = free_port()
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *self.command(work)], env=os.environ | {"LOGS": self.logs, "CORDWOOD_WORKERS": "1"} | (settings or {}),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_listening(self.port, self.process)

    def command(self, work):
        if self.name == "baseline":
            return [f"{work}/baseline", str(self.port), f"{self.logs}/app.log"]
        if self.name == "nginx":
            with open(f"{self.run}/nginx.conf", "w") as config:
                config.write(NGINX.format(run=self.run, logs=self.logs, port=self.port))
            return ["nginx", "-c", f"{self.run}/nginx.conf", "-p", self.run]
        if self.name == "python":
            return [f"{VENV}/gunicorn", "--chdir", HERE, "--bind", f"127.0.0.1:{self.port}", "--workers", "1",
                    "--worker-class", "gthread", "--threads", "8", "--worker-connections", "8192",
                    "--keep-alive", "75", "--backlog", "4096", "python_service:application"]
        fsync = ["--ack", "fsync"] if self.name == "cordwood_fsync" else []
        return [CORDWOOD, "serve", "--listen", f"127.0.0.1:{self.port}", "--directory", self.logs, *fsync]

    @property
    def pid(self):
        return self.process.pid

    def health(self):
        """The answer of Cordwood's /health."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health") as answer:
            return json.load(answer)

    def worker(self):
        """Cordwood's worker process."""
        return self.health()["workers"][0]["pid"]

    def missing(self, acknowledged):
        """Ends it; returns the number of records that are missing in its files.

        Requests in flight when wrk stops are written and not counted, so for other servers the
        difference may hide that many. Cordwood counts its written records itself, so there it is
        exact, once all its workers have finished the requests that wrk has left.
        """
        if not self.name.startswith("cordwood"):
            return max(0, acknowledged - self.stop())
        return abs(max(self.written(), acknowledged) - self.stop())

    def written(self):
        """The number of records that Cordwood has written, once it no longer changes."""
        earlier, now = -1, self.health()["records"]["written"]
        while now != earlier:
            time.sleep(0.5)
            earlier, now = now, self.health()["records"]["written"]
        return now

    def stop(self):
        """Ends it, if it runs; returns the number of records in its files."""
        if self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"{self.name} does not stop")
        found = found_records(self.logs)
        shutil.rmtree(self.run)
        return found


def build_baseline(work):
    subprocess.run(["cc", "-O2", "-o", f"{work}/baseline", f"{HERE}/baseline.c"], check=True)
