"""How Sphinx makes a site of these pages: `python3 run.py docs`. Nothing is fetched, neither now nor by a reader."""

import re

from sphinx.application import Sphinx

project = "Quarry"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Quarry"
html_copy_source = False
html_show_sphinx = False
# Long enough for links such as configuration.md#postgresql-and-redis and to each heading of a chapter.
myst_heading_anchors = 4
# Examples leave things out with `…`, which no JSON lexer takes.
suppress_warnings = ["misc.highlighting_failure"]


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_navigation)


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """The navigation is what index.md links to, chapter by chapter: a page that it forgets stops the build."""
    if page == "index":
        source[0] += "".join(navigation(source[0]))
    if page == "adr/index":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def navigation(index: str) -> list[str]:
    chapters = re.split(r"^## ", index, flags=re.MULTILINE)[1:]
    return [chapter_of_navigation(chapter) for chapter in chapters]


def chapter_of_navigation(chapter: str) -> str:
    title, _, text = chapter.partition("\n")
    pages = re.findall(r"^\| \[[^]]+\]\(([^)]+)\.md\) \|", text, flags=re.MULTILINE)
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```", ""])
