"""What is printed on which page, read from the laid out boxes; and whether this machine can print at all."""

import os
from typing import Any

import pytest

from reports.rendering import unavailable
from reports.rendering.pdf import STYLE, _page

#: .ci/run sets the variable: there the tests of PDF must run.
needs_pango = pytest.mark.skipif(
    not os.environ.get("QUARRY_PDF_REQUIRED") and unavailable() is not None, reason=unavailable() or ""
)


def pages_of(html: str, *, title: str) -> tuple[list[str], Any]:
    """The text of each page, a space between boxes, with the margins; and the document itself."""
    from reports.rendering import weasy

    document = weasy.laid_out(_whole(html, title=title), STYLE.read_text("utf-8"))
    return [" ".join(" ".join(_texts(one._page_box)).split()) for one in document.pages], document


def plain_pdf(html: str, **of: Any) -> bytes:
    """As render_pdf makes it, without compression: its entries can be looked for."""
    from reports.rendering import weasy

    return weasy.write(_whole(html, **of), STYLE.read_text("utf-8"), uncompressed_pdf=True)


def _whole(html: str, **of: Any) -> str:
    return _page(html, **{"language": "en", "subject": "", "created_at": None, **of})


def _texts(box: Any) -> list[str]:
    if hasattr(box, "text"):
        return [box.text]
    return [text for child in box.all_children() for text in _texts(child)] if hasattr(box, "all_children") else []
