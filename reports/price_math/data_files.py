"""A calculation's derivation as JSON and as CSV, written as it is read: in constant memory, without a bound."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from jobs.timestamps import iso
from prospects.transfers.writing import DANGEROUS

from .reading import Content, Line, Scope, Section, Used, head_of, observations_of, parts_of
from .words import inputs_words

#: Told how many lines are written.
OnLine = Callable[[int], None]

COLUMNS = (
    "batch_id",
    "calculation",
    "calculation_number",
    "pricing_date",
    "as_of",
    "contract",
    "contract_version",
    "position",
    "line",
    "step",
    "rule",
    "subject",
    "detail",
    "inputs",
    "expression",
    "unrounded",
    "rounded",
    "rounding",
    "quantity",
    "price",
    "amount",
    "currency",
    "provisional",
    "previous_amount",
    "delta",
    "line_digest",
)
_OF_LINE = ("quantity", "price", "amount", "currency", "provisional", "previousAmount", "delta", "digest")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def write_json(scope: Scope, file: IO[bytes], on_line: OnLine = lambda done: None) -> None:
    """One object: the head, `contracts` with their shared `steps` and `lines`, and the `observations` used."""
    out = io.TextIOWrapper(file, encoding="utf-8", newline="\n", write_through=False)
    out.write(_json(head_of(scope))[:-1] + ',"contracts":[')
    used, lines, sections = Used(), 0, 0
    for part in parts_of(scope, used):
        if isinstance(part, Section):
            out.write("]},\n" if sections else "\n")
            out.write(_json(part.content)[:-1] + ',"lines":[')
            sections, first = sections + 1, True
        else:
            out.write("\n" if first else ",\n")
            out.write(_json(part.content))
            lines, first = lines + 1, False
            on_line(lines)
    out.write(("]}" if sections else "") + '],\n"observations":[')
    for number, one in enumerate(observations_of(scope, used)):
        out.write((",\n" if number else "\n") + _json(one))
    out.write("]}\n")
    out.flush()
    out.detach()


def write_csv(scope: Scope, file: IO[bytes], on_line: OnLine = lambda done: None) -> None:
    """A row for each step. Steps that a contract's lines share come first and have no position and line."""
    # The mark at the beginning tells Excel that it is UTF-8.
    out = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(scope, on_line):
        writer.writerow([cell(value) for value in row])
    out.flush()
    out.detach()


def cell(value: Any) -> str:
    """Numbers as they are; any other text that a spreadsheet would run gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) and not _NUMBER.fullmatch(text) else text


def _rows(scope: Scope, on_line: OnLine) -> Iterator[list[Any]]:
    one = scope.calculation
    head = [one.batch.code, one.public_id, one.number, one.pricing_date.isoformat(), iso(one.as_of)]
    place: list[Any] = []
    lines = 0
    for part in parts_of(scope, Used()):
        content = part.content
        if isinstance(part, Section):
            place = [content["contract"], content["version"]]
            of_line: list[Any] = [None, None]
            more: list[Any] = [None] * len(_OF_LINE)
        else:
            of_line = [content["position"], content["line"]]
            more = [content[name] for name in _OF_LINE]
        for step in content["steps"]:
            yield [*head, *place, *of_line, *_step_cells(step), *more]
        if isinstance(part, Line):
            lines += 1
            on_line(lines)


def _step_cells(step: Content) -> list[Any]:
    return [
        step["order"],
        step["rule"],
        step["subject"],
        step["detail"],
        inputs_words(step["inputs"]),
        step["expression"],
        step["unrounded"],
        step["rounded"],
        step["rounding"],
    ]


def _json(value: Content) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
