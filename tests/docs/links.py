"""Links of Markdown pages, and the anchors that their headings get."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .pages import ROOT

FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
#: Paths of the project as texts name them: `tests/survival/test_kills.py`.
FOLDERS = (
    "accounts|benchmarks|config|deploy|docs|jobs|pricing|prospects|providers|quarry_client|reports|requirements|"
    "research|tests"
)
NAMED = re.compile(rf"(?<![\w/.<-])((?:{FOLDERS})/[\w./-]*\w)")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)|src=\"([^\"]+)\"")


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def broken_links(page: Path) -> list[str]:
    """The page's links to files or headings of the project that are not there."""
    return [link for link in _links(page) if not _leads_somewhere(page, link)]


def missing_paths(page: Path) -> list[str]:
    """What the page names in code as a path of the project and is none, nor a template or the beginning of one."""
    named = {path for code in CODE.findall(page.read_text(encoding="utf-8")) for path in NAMED.findall(code)}
    return sorted(path for path in named if not any((*ROOT.glob(f"{path}*"), *ROOT.glob(f"templates/{path}*"))))


def _links(page: Path) -> Iterator[str]:
    for match in LINK.finditer(_prose(page)):
        link = match[1] or match[2]
        if not re.match(r"[a-z]+:", link):
            yield link


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.is_file() and (not anchor or anchor in anchors(target))


@cache
def anchors(page: Path) -> frozenset[str]:
    """As forges and the site make them: lower case, blanks as hyphens, no punctuation, doubles numbered."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in HEADING.findall(_prose(page)):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return frozenset(found)


def _prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))
