"""WeasyPrint with its hands tied: it fetches nothing but the bundled fonts.

Importing this module loads the system's Pango; only pdf.py does, and only for a document.
"""

import functools
import gc
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import weasyprint
from cssselect2 import ElementWrapper
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from fontTools.ttLib import TTFont
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .pdf import ForbiddenAddress

ASSETS = Path(__file__).parent
#: Addresses of files beside this module: `asset:fonts/IBMPlexSans-Regular.woff`.
SCHEME = "asset:"
_ASSET = re.compile(r"asset:(fonts/[A-Za-z0-9-]+\.woff)\Z")
#: Pictures and fonts that the document carries along.
_INLINE = re.compile(r"data:(image/(png|jpeg|gif|webp|svg\+xml)|font/(woff2?|ttf|otf))[;,]")
LONGEST_SHOWN = 100
#: Tagged for screen readers.
VARIANT = "pdf/ua-1"


class BundledOnly(URLFetcher):  # type: ignore[misc]  # published without types
    """Refuses every address but those of bundled assets and of inline pictures and fonts."""

    def __init__(self) -> None:
        # A refusal ends the rendering: WeasyPrint would else leave a hole and go on.
        super().__init__(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
        self.refused: ForbiddenAddress | None = None

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if found := _ASSET.match(url):
            return URLFetcherResponse(url, _font(found[1]), {"Content-Type": "font/ttf"})
        if _INLINE.match(url):
            return super().fetch(url, headers)
        self.refused = ForbiddenAddress(f"The document asks for {url[:LONGEST_SHOWN]!r}; reports hold what they show.")
        raise self.refused


@functools.cache
def _font(name: str) -> bytes:
    """Unpacked here, since WeasyPrint would stamp the font with the present time: no two files would be the same."""
    font = TTFont(ASSETS / name, recalcTimestamp=False)
    font.flavor = font.flavorData = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    return unpacked.getvalue()


def write(page: str, style: str, **options: Any) -> bytes:
    """The whole HTML page as PDF. Raises ForbiddenAddress. options: of WeasyPrint, for tests."""
    fetcher = BundledOnly()
    try:
        with _rare_collection():
            content: bytes = laid_out(page, style, fetcher).write_pdf(pdf_variant=VARIANT, **options)
    except FatalURLFetchingError as error:
        raise fetcher.refused or ForbiddenAddress(str(error)) from None
    # Within an SVG image every error is swallowed.
    if fetcher.refused:
        raise fetcher.refused
    return content


@contextmanager
def _rare_collection() -> Iterator[None]:
    """A document is a million objects that all stay until its end: looking through them again and again takes a
    tenth of the time and frees nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def laid_out(page: str, style: str, fetcher: BundledOnly | None = None) -> Any:
    """WeasyPrint's Document: its pages, boxes and bookmarks."""
    fetcher, fonts = fetcher or BundledOnly(), FontConfiguration()
    sheet = weasyprint.CSS(string=style, url_fetcher=fetcher, font_config=fonts, base_url=SCHEME)
    tree = _tree(page)
    document = weasyprint.HTML(string=page if tree is None else "", url_fetcher=fetcher, base_url=SCHEME)
    if tree is not None:
        document.wrapper_element = ElementWrapper.from_html_root(tree, content_language=None)
        document.etree_element = document.wrapper_element.etree_element
    return document.render(font_config=fonts, stylesheets=[sheet], pdf_variant=VARIANT)


def _tree(page: str) -> Element | None:
    """The page's elements where it is well-formed XML, too: WeasyPrint's own reader takes a fifteenth of all the time.
    None where that one must read: a page with pictures, whose elements have a namespace."""
    if "<svg" in page or "<math" in page:
        return None
    try:
        tree: Element = fromstring(page)
    except (ParseError, DefusedXmlException):
        return None
    return tree
