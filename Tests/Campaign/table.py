# SPDX-License-Identifier: Apache-2.0
"""The table that a campaign prints."""

from typing import List

from crash_accounts import Tally

HEADINGS = ["under test", "kills", "rollovers", "records", "lost", "doubled", "torn", "verdict"]


class Row(Tally):
    """What became of one thing under test.

    `must_fail` marks one that has to lose, double or tear records: if it does not, the harness
    would not see it if Cordwood did. `may_fail` marks one that is there to compare with.
    """

    def __init__(
        self, name: str, must_fail: bool = False, may_fail: bool = False, skipped: str = ""
    ) -> None:
        super().__init__()
        self.may_fail = may_fail
        self.name, self.must_fail, self.skipped = name, must_fail, skipped
        self.kills = 0

    @property
    def is_right(self) -> bool:
        if self.skipped or self.may_fail:
            return True
        if self.must_fail:
            return self.lost + self.doubled + self.torn > 0
        # What nothing was acknowledged of has shown nothing.
        return not self.problems and self.records > 0

    @property
    def verdict(self) -> str:
        if self.skipped:
            return f"skipped: {self.skipped}"
        if self.may_fail:
            return "fails" if self.lost + self.doubled + self.torn else "held, this time"
        if self.must_fail:
            return "fails, as it must" if self.is_right else "THE HARNESS PROVES NOTHING"
        return "holds" if self.is_right else f"{len(self.problems)} PROBLEMS"

    def cells(self) -> List[str]:
        if self.skipped:
            return [self.name] + [""] * 6 + [self.verdict]
        numbers = [self.kills, self.rollovers, self.records, self.lost, self.doubled, self.torn]
        return [self.name] + [f"{n:,}" for n in numbers] + [self.verdict]


def show(rows: List[Row]) -> str:
    """The rows under their headings, as a table of Markdown."""
    cells = [HEADINGS] + [row.cells() for row in rows]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEADINGS))]
    lines = []
    for line in cells:
        padded = [
            cell.ljust(width) if k in (0, len(HEADINGS) - 1) else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths))]
        lines.append("| " + " | ".join(padded) + " |")
    rule = [
        "-" * width if k in (0, len(HEADINGS) - 1) else "-" * (width - 1) + ":"
        for k, width in enumerate(widths)]
    lines.insert(1, "| " + " | ".join(rule) + " |")
    return "\n".join(lines)
