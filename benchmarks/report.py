"""A measurement's report: printed, and kept where the command line says so."""

import json
from typing import Any


def publish(report: dict[str, Any], output: str | None) -> None:
    text = json.dumps(report, indent=2)
    print(text)
    if output:
        with open(output, "w") as file:
            file.write(text + "\n")
