"""The report of a run, as JSON to keep and as text to read."""

import json
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .clients import Order
from .course import Course
from .verdict import Finding


def report(
    *, course: Course, orders: Sequence[Order], findings: Sequence[Finding], restarts: int, **conditions: Any
) -> dict[str, Any]:
    return {
        "seed": course.seed,
        "verdict": "holds" if all(finding.holds for finding in findings) else "broken",
        "conditions": {
            **conditions,
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "loadAverage": [round(one, 1) for one in os.getloadavg()],
        },
        "orders": dict(Counter(f"{order.kind}: {order.outcome}" for order in orders)),
        "faults": dict(Counter(episode.fault for episode in course.episodes)),
        "episodes": [asdict(episode) for episode in course.episodes],
        "restarts": restarts,
        "invariants": [
            {
                "invariant": one.letter,
                "says": one.says,
                "holds": one.holds,
                "measured": one.note,
                "problems": one.problems,
            }
            for one in findings
        ],
    }


def text_of(found: dict[str, Any]) -> str:
    lines = [
        f"Seed {found['seed']}: {found['verdict']}. {len(found['episodes'])} faults, {found['restarts']} restarts."
    ]
    for one in found["invariants"]:
        lines.append(f"  {one['invariant']} {'holds ' if one['holds'] else 'BROKEN'} {one['says']}")
        lines.append(f"           {one['measured']}")
        lines += [f"           ! {problem}" for problem in one["problems"][:10]]
        if len(one["problems"]) > 10:
            lines.append(f"           ! and {len(one['problems']) - 10} more")
    return "\n".join(lines)


def write(found: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n")
