"""PDF from HTML: what it shows, what it refuses, and what it says where Pango is missing."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs import hooks
from reports.rendering import ForbiddenAddress, PdfUnavailable, pdf, render_pdf
from reports.rendering.pdf import STYLE

from .paper import needs_pango, pages_of, plain_pdf

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BODY = "<h1>Steel &amp; oil</h1><p>One</p><h2 class='new-page'>Second part</h2><p>1052.78 × 500 → Łódź</p>"


@needs_pango
def test_a_document_is_a_tagged_pdf_of_its_title_language_and_age() -> None:
    made = plain_pdf(
        BODY, title="A <b> title", language="de", subject="Of what", created_at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    )

    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    for entry in (b"/Lang (de)", b"/Title (A <b> title)", b"/Subject (Of what)", b"(D:20260304050600Z)"):
        assert entry in made


@needs_pango
def test_pages_have_a_number_a_running_header_and_bookmarks() -> None:
    pages, document = pages_of(BODY, title="My title")

    assert len(pages) == 2
    assert "Page 1 of 2" in pages[0]
    assert "Page 2 of 2" in pages[1]
    assert "My title" not in pages[0]
    assert "My title" in pages[1]
    assert "1052.78 × 500 → Łódź" in pages[1]
    ((label, _, (child,), _),) = document.make_bookmark_tree()
    assert (label, child[0], child[1][0]) == ("Steel & oil", "Second part", 1)


@needs_pango
def test_a_page_that_is_also_xml_is_read_faster_and_gives_the_same_bytes(monkeypatch: Any) -> None:
    from reports.rendering import weasy

    body = (
        BODY + "<table><colgroup><col class='w-step'/></colgroup><tbody><tr><td>&#x27;7&lt;</td></tr></tbody></table>"
    )
    assert weasy._tree(pdf._page(body, title="Both", language="en", subject="a & b", created_at=None)) is not None
    fast = plain_pdf(body, title="Both")

    monkeypatch.setattr(weasy, "_tree", lambda page: None)

    assert plain_pdf(body, title="Both") == fast
    assert b"/StructTreeRoot" in fast


@needs_pango
def test_the_bundled_fonts_are_embedded_and_no_other() -> None:
    made = plain_pdf(f"{BODY}<p><b>bold</b> <code>1 234</code></p>", title="Fonts")

    names = {found[1] for found in re.finditer(rb"/BaseFont /[A-Z]+\+([A-Za-z-]+)", made)}
    assert names == {b"Report-Sans", b"Report-Sans-Bold", b"Report-Mono"}


@needs_pango
def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "import sys; from reports.rendering import render_pdf; "
        f"sys.stdout.buffer.write(render_pdf({BODY!r}, title='Same'))"
    )

    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )

    assert other.stdout == render_pdf(BODY, title="Same")


@needs_pango
@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="https://example.com/x.png">',
        '<img src="file:///etc/passwd">',
        '<img src="x.png">',
        '<img src="asset:../rendering/paper.css">',
        '<img src="data:text/html,<p>x">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        '<style>@font-face { font-family: X; src: url("file:///x.ttf") } p { font-family: X }</style><p>x</p>',
        '<p style="background: url(ftp://127.0.0.1/x.png)">x</p>',
        '<svg width="9" height="9"><image href="http://127.0.0.1:9/x.png" width="9" height="9"/></svg>',
        '<object data="file:///etc/hosts"></object>',
        '<embed src="http://127.0.0.1:9/x">',
    ],
)
def test_nothing_is_fetched_from_anywhere(html: str) -> None:
    with pytest.raises(ForbiddenAddress, match="The document asks for"):
        render_pdf(html, title="Curious")


@needs_pango
def test_pictures_that_the_document_carries_are_shown() -> None:
    made = plain_pdf(f'<img alt="dot" src="{PIXEL}">', title="Picture")

    assert b"/Subtype /Image" in made


@needs_pango
def test_links_are_kept_and_not_followed() -> None:
    made = plain_pdf('<a href="https://example.com/terms">Terms</a>', title="Link")

    assert b"https://example.com/terms" in made


def test_without_pango_the_error_names_the_packages(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "reports.rendering.weasy", None)
    monkeypatch.delattr("reports.rendering.weasy", raising=False)
    pdf._engine.cache_clear()
    monkeypatch.setattr(
        "builtins.__import__", _failing(__import__, OSError("cannot load library 'libpango-1.0-0'\nmore"))
    )
    try:
        with pytest.raises(PdfUnavailable, match=r"libpango-1.0-0.*apt-get install libpango-1.0-0.*brew install pango"):
            render_pdf("<p>x</p>", title="x")
        assert "apt-get install" in (pdf.unavailable() or "")
        ((problem, remedy),) = hooks.system_problems()
        assert "Pango library" in problem
        assert "apt-get install" in remedy
    finally:
        monkeypatch.undo()
        pdf._engine.cache_clear()


def _failing(real: Any, error: OSError) -> Any:
    def imported(name: str, *more: Any, **options: Any) -> Any:
        fromlist = more[2] if len(more) > 2 else ()
        if fromlist and "weasy" in fromlist:
            raise error
        return real(name, *more, **options)

    return imported


def test_importing_the_package_does_not_load_the_renderer() -> None:
    program = "import sys, reports.rendering; print('weasyprint' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert told.stdout.strip() == "False"


def test_every_font_of_the_style_is_bundled_with_its_licence() -> None:
    fonts = STYLE.parent / "fonts"
    named = {word.split('"')[0] for word in STYLE.read_text().split("asset:fonts/")[1:]}

    assert named == {path.name for path in fonts.glob("*.woff")}
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE.txt").read_text()
    assert sum(path.stat().st_size for path in Path(fonts).iterdir()) < 1_500_000
