"""Makes static/icons.svg, the sprite of all icons in use, from Tabler's icon files.

    npm pack @tabler/icons && tar -xzf tabler-icons-*.tgz
    python3 deploy/icons.py package/icons/outline

static/icons.txt lists the names, one a line; a page shows one with {% icon "name" %}.
"""

import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
#: Every outline icon begins with this invisible square, which marks its edges in an editor.
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main(folder: Path) -> None:
    names = sorted(set((STATIC / "icons.txt").read_text().split()))
    missing = [name for name in names if not (folder / f"{name}.svg").is_file()]
    if missing:
        sys.exit(f"{folder} has no icon {', '.join(missing)}; correct static/icons.txt")
    symbols = "\n".join(symbol(name, (folder / f"{name}.svg").read_text()) for name in names)
    (STATIC / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    (STATIC / "icons.txt").write_text("\n".join(names) + "\n")


def symbol(name: str, svg: str) -> str:
    opened = re.search(r"<svg.*?>(.*)</svg>", svg, re.DOTALL)
    if opened is None:
        sys.exit(f"{name}.svg holds no <svg> element")
    shapes = "".join(line.strip() for line in opened[1].replace(FRAME, "").splitlines())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
