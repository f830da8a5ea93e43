"""`python3 run.py benchmark NAME [options]`: runs one of the measurements; without a name, says which there are."""

import ast
import runpy
import sys
from pathlib import Path

#: They are started by others, as the workers that those measure.
STARTED_BY_OTHERS = frozenset({"slow_research", "stock_worker"})


def main() -> None:
    known = measurements()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in known:
        width = max(map(len, known))
        print("python3 run.py benchmark NAME [options]; --help after a name tells its options.\n")
        print("\n".join(f"  {one:{width}}  {subject}" for one, subject in known.items()))
        sys.exit(0 if name in ("", "-h", "--help") else f"\n{name!r} is none of these.")
    del sys.argv[1]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)


def measurements() -> dict[str, str]:
    """The first sentence of each module of this folder that can be run, by its name."""
    found: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_text()
        if path != Path(__file__) and path.stem not in STARTED_BY_OTHERS and '__name__ == "__main__"' in text:
            found[path.stem] = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    return found


if __name__ == "__main__":
    main()
