# SPDX-License-Identifier: Apache-2.0
"""The real service under an exact load, kill -9 of its processes and a disk that fills up."""

import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from typing import List, Optional

from client import Client
from crash_accounts import Accounts
from table import Row

WORKERS = 4
CLIENTS = 8
HOST = "127.0.0.1"


class Service:
    """The master, its children and its directory."""

    def __init__(self, program: str, directory: str, port: int) -> None:
        self.program, self.directory, self.port = program, directory, port
        self.log = open(os.path.join(os.path.dirname(directory), "service.err"), "ab")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "serve", "--listen", f"{HOST}:{self.port}", "--directory",
             self.directory, "--workers", str(WORKERS), "--when", "S", "--utc", "--backup-count",
             "0"],
            stdout=self.log, stderr=self.log,
            env={**os.environ, "CORDWOOD_DISK_MIN_FREE": "0"})
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the service does not listen")

    @property
    def children(self) -> List[int]:
        master = self.process.pid
        with open(f"/proc/{master}/task/{master}/children") as file:
            return [int(word) for word in file.read().split()]

    def kill_child(self) -> int:
        children = self.children
        if not children:
            return 0
        try:
            os.kill(random.choice(children), signal.SIGKILL)
        except ProcessLookupError:
            return 0
        return 1

    def kill_all(self) -> int:
        """The master first: nobody can start another child."""
        victims = [self.process.pid] + self.children
        self.process.kill()
        for victim in victims[1:]:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        return len(victims)

    def stop(self) -> Optional[str]:
        """Ends it as an operator does; a sentence if it does not go well."""
        self.process.terminate()
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill_all()
            return "the service does not stop"
        finally:
            self.log.close()
        return None if status == 0 else f"the service ended with {status}"


def run(name: str, program: str, probe: str, seconds: float, small_disk: bool) -> Row:
    with tempfile.TemporaryDirectory(prefix="cordwood-service.") as place:
        if not small_disk:
            return attack(Row(name), program, probe, seconds, place, None)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "cordwood-campaign", place],
            stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            return Row(name, skipped="only root may mount a tmpfs")
        try:
            return attack(
                Row(name), program, probe, seconds, place, os.path.join(place, "filler"))
        finally:
            subprocess.run(["umount", "-l", place])


def attack(
    row: Row, program: str, probe: str, seconds: float, place: str, filler: Optional[str]
) -> Row:
    directory = os.path.join(place, "logs")
    service = Service(program, directory, free_port())
    clients = [
        Client(HOST, service.port, f"c{k}", 0.002 if filler is None else 0.02,
               100_000 if filler is None else 2000)
        for k in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    restart_at, fill_at = began + seconds / 2, began + 2
    while time.monotonic() < began + seconds:
        time.sleep(random.uniform(0.2, 1.4))
        row.kills += service.kill_child()
        if filler is None and time.monotonic() > restart_at:
            restart_at = began + 2 * seconds
            row.kills += service.kill_all()
            service.start()
        if filler is not None and time.monotonic() > fill_at:
            fill(filler)
            fill_at = time.monotonic() + 4
    if filler is not None and os.path.exists(filler):
        os.unlink(filler)
    wait_for_answers(clients)
    for client in clients:
        client.is_stopping = True
    for thread in threads:
        thread.join()
    ended = service.stop()
    if ended:
        row.problems.append(ended)
    return settle(row, probe, directory, clients, filler is not None)


def fill(path: str) -> None:
    """Takes what room there is for a second."""
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                file.write(bytes(16384))
    except OSError:
        time.sleep(1)
    os.unlink(path)


def wait_for_answers(clients: List[Client]) -> None:
    """It must come back by itself: every client gets another 200."""
    before = [client.success_count for client in clients]
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline:
        if all(client.success_count > count for client, count in zip(clients, before)):
            return
        time.sleep(0.05)


def settle(
    row: Row, probe: str, directory: str, clients: List[Client], was_full: bool
) -> Row:
    accounts = Accounts()
    for client in clients:
        accounts.acknowledged += client.acknowledged
        accounts.refused += client.refused
        row.problems += client.problems
        if not client.recovered:
            row.problems.append(f"{client.name} got no answer at the end")
    # The last rotated file still stands as it is.
    subprocess.run([probe, "seal", f"directory={directory}"], stdout=subprocess.DEVNULL)
    accounts.settle(directory)
    row.problems += half_found(accounts, clients) + accounts.problems
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if name.endswith(".gz") and subprocess.run(["gzip", "-t", path]).returncode != 0:
            row.problems.append(f"gzip -t {name} fails")
    full_count = sum(client.full_count for client in clients)
    if was_full and full_count == 0:
        row.problems.append("the disk was never full")
    row.name += f" ({full_count} x 503)" if was_full else ""
    row.add(accounts)
    return row


def half_found(accounts: Accounts, clients: List[Client]) -> List[str]:
    """Requests without an answer of which a part stands: a batch is written whole or not."""
    return [
        f"a part stands: {ids[0]}..{ids[-1]}"
        for client in clients for ids in client.unknown
        if 0 < sum(accounts.found[name] > 0 for name in ids) < len(ids)]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]
