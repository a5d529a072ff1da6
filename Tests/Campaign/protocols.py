# SPDX-License-Identifier: Apache-2.0
"""What real clients lose while the service reloads, a worker is killed and the disk is full.

protocols.py --service cordwood [--seconds N] [--only TEXT] [--seed N]

All clients send at the same time through a forwarder that notes what the service acknowledged.
Prints a table, protocol by client; exits with 1 if a record that the service acknowledged, or that
a client takes for delivered, is not in the file. Only root can fill a disk, a small tmpfs.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CLIENTS = os.path.join(ROOT, "Tests", "ServiceTests", "Clients", "protocols")
sys.path.append(os.path.join(os.path.dirname(HERE), "RotatingFileTests"))

import service as campaign  # noqa: E402
from forwarder import Forwarder  # noqa: E402

sys.path.append(CLIENTS)

from account import Files  # noqa: E402

DISK = "64m"
# The longest that a client of all takes to give up or to deliver what it has.
PATIENCE = 120


@dataclass
class Sender:
    """A client, what it does with a record that is refused, and what became of its records."""

    protocol: str
    name: str
    script: str
    limit: str
    arguments: List[str] = field(default_factory=list)
    environment: str = "python"
    path: str = ""
    pause: float = 0.1
    batch: int = 20
    # A path that a service without the protocol answers 404.
    probe: str = ""
    report: Dict = field(default_factory=dict)
    problem: str = ""

    def run(self, port: int, seconds: float, directory: str) -> None:
        command = [
            f"{ROOT}/.build/clients/{self.environment}/bin/python3", "-B",
            os.path.join(CLIENTS, self.script), f"http://127.0.0.1:{port}{self.path}", "1",
            "--seconds", str(seconds), "--pause", str(self.pause), "--batch", str(self.batch),
            "--directory", directory, "--ids", *self.arguments]
        try:
            result = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                timeout=seconds + PATIENCE)
            if result.returncode != 0:
                self.problem = f"exit {result.returncode}: {result.stderr[-300:]}"
            else:
                self.report = json.loads(result.stdout)
        except subprocess.TimeoutExpired:
            self.problem = "it does not end"


SDK = "six tries in its 10 s, then drops the batch"
ONCE = "sends once"
FOUR = "four tries without a pause, then raises"
ENDLESS = "sends again without end"

SENDERS = [
    Sender("OTLP", "Python SDK, protobuf", "otlp.py", SDK, ["--processor", "batch"]),
    Sender("OTLP", "Python SDK, protobuf, gzip", "otlp.py", SDK,
           ["--processor", "batch", "--coding", "gzip"]),
    Sender("OTLP", "Python SDK, JSON, deflate", "otlp.py", SDK,
           ["--processor", "batch", "--exporter", "json", "--coding", "deflate"],
           environment="otlp-json"),
    Sender("Elasticsearch", "elasticsearch-py", "bulk.py", FOUR, path="/elasticsearch"),
    Sender("Elasticsearch", "opensearch-py, gzip", "bulk.py", FOUR,
           ["--client", "opensearch", "--coding", "gzip"], path="/elasticsearch"),
    Sender("Elasticsearch", "rsyslog omelasticsearch", "daemons.py",
           "reads no status: gives up what is answered 503",
           ["--client", "rsyslog"], path="/elasticsearch"),
    Sender("Elasticsearch", "syslog-ng elasticsearch-http", "daemons.py", ENDLESS,
           ["--client", "syslog-ng"], path="/elasticsearch"),
    Sender("Elasticsearch", "the same, its defaults", "daemons.py",
           "three tries, then drops the batch", ["--client", "syslog-ng", "--retries", "3"],
           path="/elasticsearch"),
    Sender("Loki", "python-logging-loki", "loki.py", ONCE, pause=0.02),
    Sender("Loki", "the same, old form", "loki.py", ONCE, ["--client", "python-logging-loki-0"],
           pause=0.02),
    Sender("Loki", "loki-logger-handler, gzip", "loki.py", ONCE,
           ["--client", "loki-logger-handler", "--coding", "gzip"]),
    Sender("Splunk HEC", "splunk-handler", "hec.py", "five more tries in 60 s"),
    Sender("Splunk HEC", "splunk-hec-handler", "hec.py", ONCE,
           ["--client", "splunk-hec-handler"], pause=0.02),
    Sender("Splunk HEC", "syslog-ng http()", "daemons.py", ENDLESS,
           ["--client", "syslog-ng-hec"]),
    Sender("Datadog", "datadog-api-client, gzip", "datadog.py", ONCE, ["--coding", "gzip"]),
    Sender("systemd journal", "journal-upload", "journal.py", "ends; its unit starts it again",
           batch=100, probe="/upload"),
    Sender("GELF", "pygelf", "gelf.py", "reads no answer", pause=0.02),
    Sender("GELF", "graypy, zlib", "gelf.py", "reads no answer",
           ["--client", "graypy", "--coding", "zlib"], pause=0.02),
]


class Disasters:
    """Reloads, kills a worker and fills the disk, each twice in the time."""

    def __init__(self, service: campaign.Service, filler: Optional[str]) -> None:
        self.service, self.filler = service, filler
        self.counts: collections.Counter = collections.Counter()

    def strike(self, seconds: float) -> None:
        began = time.monotonic()
        plan = [self.reload, self.kill, self.fill, self.reload, self.kill, self.fill]
        for number, disaster in enumerate(plan, 1):
            time.sleep(max(0, began + seconds * number / (len(plan) + 1) - time.monotonic()))
            disaster(max(0.5, seconds / 20))

    def reload(self, _: float) -> None:
        self.service.process.send_signal(signal.SIGHUP)
        self.counts["reloads"] += 1

    def kill(self, _: float) -> None:
        self.counts["kills"] += self.service.kill_child()

    def fill(self, seconds: float) -> None:
        if self.filler is None:
            return
        try:
            with open(self.filler, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(65536))
        except OSError:
            time.sleep(seconds)
        os.unlink(self.filler)
        self.counts["full disks"] += 1


@contextlib.contextmanager
def place() -> Iterator[tuple]:
    """A directory for the logs, and a file that fills its disk, if this may mount one."""
    with tempfile.TemporaryDirectory(prefix="cordwood-protocols.") as directory:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "cordwood-campaign", directory],
            stderr=subprocess.DEVNULL).returncode == 0
        try:
            yield directory, os.path.join(directory, "filler") if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", "-l", directory])


def run(program: str, senders: List[Sender], seconds: float) -> List[str]:
    """Runs all senders; returns what went wrong."""
    with place() as (directory, filler):
        logs = os.path.join(directory, "logs")
        port = campaign.free_port()
        service = campaign.Service(program, logs, port)
        forwarder = Forwarder(port)
        for sender in [sender for sender in senders if sender.probe]:
            if not is_there(port, sender.probe):
                print(f"left out, for the service does not speak it: {sender.protocol}\n")
                senders.remove(sender)
        threads = [threading.Thread(target=sender.run, args=(forwarder.port, seconds, logs))
                   for sender in senders]
        for thread in threads:
            thread.start()
        # Python takes a while to start so many.
        time.sleep(min(5, 0.3 * len(senders)))
        disasters = Disasters(service, filler)
        disasters.strike(seconds)
        for thread in threads:
            thread.join()
        problems = [problem for problem in [service.stop()] if problem] + forwarder.problems
        files = Files(logs)
        found, rejected = files.count("app"), files.count("app.rejected")
    for sender in senders:
        settle(sender, forwarder, found, rejected)
        if sender.problem:
            problems.append(f"{sender.name}: {sender.problem}")
    print(table(senders))
    print("\n" + ", ".join(f"{count} {name}" for name, count in disasters.counts.items())
          + ("" if filler else "; only root may fill a disk"))
    return problems


def is_there(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("OPTIONS", path)
    status = connection.getresponse().status
    connection.close()
    return status != 404


def settle(sender: Sender, forwarder: Forwarder, found, rejected) -> None:
    """Compares the words of the client and of the service with the files."""
    report = sender.report
    if not report:
        return
    sent = report["sent"]
    acknowledged = [name for name in sent if name in forwarder.acknowledged]
    lost = [name for name in sent if not found[name]]
    report.update(
        acknowledged=acknowledged, lost=lost, found=[name for name in sent if found[name]],
        doubled=[name for name in sent if found[name] > 1],
        rejected=[name for name in sent if rejected[name]],
        statuses=forwarder.statuses[sent[0].split("-")[0]] if sent else {})
    missing = set(lost) & set(acknowledged) - set(report["rejected"])
    believed = set(lost) & set(report["accepted"]) - set(report["rejected"])
    if missing:
        sender.problem = f"{len(missing)} acknowledged records are not found: {min(missing)}"
    elif believed:
        sender.problem = f"{len(believed)} records taken for delivered are not found"
    elif not acknowledged:
        sender.problem = f"nothing was acknowledged; it said {dict(report['said'])}"


COLUMNS = ["sent", "accepted", "acknowledged", "found", "doubled", "rejected", "lost"]


def table(senders: List[Sender]) -> str:
    """A table of Markdown; without words of its own, a client's `accepted` is empty."""
    rows = [["protocol", "client", *COLUMNS, "answers", "what the client said", "its limit"]]
    for sender in senders:
        report = sender.report
        numbers = [f"{len(report[name]):,}" if report else "" for name in COLUMNS]
        if report and len(report["silent"]) == len(report["sent"]):
            numbers[1] = "-"
        said = collections.Counter(report.get("said", {})).most_common(2)
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(
            report.get("statuses", {}).items()))
        rows.append([sender.protocol, sender.name, *numbers, answers,
                     "; ".join(f"{text[:70]} ({count})" for text, count in said),
                     sender.limit])
    rule = ["-" * 3 if k not in range(2, 2 + len(COLUMNS)) else "--:"
            for k in range(len(rows[0]))]
    rows.insert(1, rule)
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |"
                     for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--service", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    senders = [sender for sender in SENDERS
               if options.only.lower() in f"{sender.protocol} {sender.name}".lower()]
    problems = run(options.service, senders, options.seconds)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems, seed {options.seed}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
