"""An inbox to write UCC files into, and what comes out of it."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from providers.ucc import FilesSource, FilingRecord, Reading, RowProblem, TexasLayout

HEADER = "file_number,filed_on,debtor_name"


class Inbox:
    """Remembers rows left out and remarks of the last reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[RowProblem] = []
        self.remarks: list[str] = []
        self.shares: list[float] = []

    def drop(self, content: str | bytes, name: str = "filings.csv", *, state: str = "NY") -> Path:
        folder = self.path / state
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def drop_rows(self, *rows: str, header: str = HEADER, name: str = "filings.csv") -> Path:
        return self.drop("\n".join([header, *rows, ""]), name)

    def read(
        self, state: str = "NY", start: date | None = None, end: date | None = None, layout: TexasLayout | None = None
    ) -> list[FilingRecord]:
        self.problems, self.remarks, self.shares = [], [], []
        reading = Reading(on_problem=self.problems.append, on_remark=self.remarks.append, on_advance=self.shares.append)
        return list(FilesSource(self.path, layout or TexasLayout()).read(state, start, end, reading=reading))

    @property
    def reasons(self) -> list[str]:
        return [str(problem) for problem in self.problems]


def master(number: str, **other: Any) -> dict[str, Any]:
    return {
        "Record Code": "1",
        "Initial Filing Number": number,
        "Filing Type": "1",
        "Filing Status": "A",
        "Expiration Date": "20290131",
        **other,
    }


def debtor(number: str, name: str) -> dict[str, Any]:
    return {
        "Record Code": "2",
        "Initial Filing Number": number,
        "Organization Debtor Name": name,
        "Organization Debtor Street Address": "1 Main St",
        "Organization Debtor City": "Austin",
        "Organization Debtor State": "TX",
        "Organization Debtor Zip Code": "73301",
        "Organization Debtor Zip Code Extension": "0001",
        "Organization Debtor Country Code": "USA",
    }


def json_lines(records: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
