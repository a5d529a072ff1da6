# SPDX-License-Identifier: Apache-2.0
"""Exact accounting: what was acknowledged against what stands in the files."""

import collections
import gzip
import json
import os
import re
import zlib
from typing import Dict, List

ROTATED = re.compile(r"^app\.log\.\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(\.[1-9]\d*)?(\.gz)?$")
OTHERS = {"app.log", ".app.log.state", ".app.log.ledger"}


class Tally:
    """What many runs come to."""

    def __init__(self) -> None:
        self.rollovers = self.records = self.lost = self.doubled = self.torn = 0
        self.problems: List[str] = []

    def add(self, accounts: "Accounts") -> None:
        self.rollovers += accounts.rollovers
        self.records += len(accounts.acknowledged)
        self.lost += accounts.lost
        self.doubled += accounts.doubled
        self.torn += accounts.torn


class Accounts:
    """The answers of all probes of a run, by the id of the record."""

    def __init__(self) -> None:
        self.acknowledged: List[str] = []
        self.refused: List[str] = []
        self.problems: List[str] = []
        self.failure_count = 0
        self.found: Dict[str, int] = collections.Counter()
        self.lost = self.doubled = self.torn = self.rollovers = 0

    def note(self, line: str) -> None:
        """Takes down one line of a probe's output."""
        sign, _, rest = line.rstrip("\n").partition(" ")
        ids = rest.split(" ")[0].split(",") if rest else []
        if "rolloverFailed" in line:
            self.failure_count += 1
        if sign == "+":
            self.acknowledged += [name for name in ids if name]
        elif sign == "-":
            self.failure_count += 1
            self.refused += [name for name in ids if "-" in name]

    def settle(self, directory: str) -> None:
        """Compares with the files of a directory in which nobody works any more."""
        found = self.found
        for name in sorted(os.listdir(directory)):
            if ROTATED.match(name) or name == "app.log":
                found.update(self.ids_in(os.path.join(directory, name)))
                self.rollovers += name != "app.log"
            elif name not in OTHERS:
                self.problems.append(f"{name} was left behind")
        lost = [f"lost: {name}" for name in self.acknowledged if found[name] == 0]
        doubled = [f"doubled: {name}" for name, count in found.items() if count > 1]
        self.lost, self.doubled = self.lost + len(lost), self.doubled + len(doubled)
        self.problems += lost + doubled
        self.problems += [f"refused, but stands: {name}" for name in self.refused if found[name]]

    def ids_in(self, path: str) -> List[str]:
        try:
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                content = file.read()
        except (OSError, EOFError, zlib.error) as error:
            self.problems.append(f"{path} cannot be read: {error}")
            return []
        ids = []
        for line in content.splitlines(keepends=True):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("no line feed")
                ids.append(json.loads(line)["id"])
            except (ValueError, KeyError, TypeError) as error:
                self.torn += 1
                self.problems.append(f"torn in {os.path.basename(path)}: {line[:80]!r} {error}")
        return ids
