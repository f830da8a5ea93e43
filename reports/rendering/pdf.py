"""PDF from HTML by WeasyPrint, which is loaded when the first document needs it.

WeasyPrint takes most of a second and 25 MiB to import and needs the Pango library of the system. Neither is asked
of a process that prints nothing, or of a machine that only makes CSV and JSON.
"""

import functools
import html as escaping
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

STYLE = Path(__file__).parent / "paper.css"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


REMEDY = (
    f"Install it on Debian or Ubuntu with `apt-get install {PACKAGES}`, on macOS with `brew install pango`; "
    "CSV and JSON need nothing."
)


class PdfUnavailable(Exception):
    """This machine cannot make PDF files. The message names the remedy; waiting cannot help."""

    error_class = "API_ERROR"
    code = "pdf_unavailable"

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem} {REMEDY}")
        self.problem = problem


class ForbiddenAddress(Exception):
    """The document asks for something that is not bundled. A mistake of its author."""

    error_class = "VALIDATION_ERROR"
    code = "forbidden_address"


def render_pdf(
    html: str, *, title: str, language: str = "en", subject: str = "", created_at: datetime | None = None
) -> bytes:
    """A PDF on A4, tagged for screen readers (PDF/UA-1), its headings as bookmarks, pages numbered.

    html: the content of the body, already escaped. `title` is its running header and its name; the classes of
    paper.css are at its disposal. Images may be inline SVG or `data:` addresses of images; any other address
    raises ForbiddenAddress. created_at: what the file says of its age; the same input gives the same bytes.
    Raises PdfUnavailable where the system lacks Pango.
    """
    engine = _engine()
    page = _page(html, title=title, language=language, subject=subject, created_at=created_at)
    content: bytes = engine.write(page, STYLE.read_text("utf-8"))
    return content


def unavailable() -> str | None:
    """Why no PDF can be made here, with the remedy; None where it can."""
    try:
        _engine()
    except PdfUnavailable as problem:
        return str(problem)
    return None


def system_problems() -> Iterator[tuple[str, str]]:
    """The same for the doctor: what is missing, and the remedy."""
    try:
        _engine()
    except PdfUnavailable as lacking:
        yield lacking.problem, REMEDY


@functools.cache
def _engine() -> ModuleType:
    try:
        with warnings.catch_warnings():
            # It warns where HarfBuzz's subsetter is missing, and then uses fontTools' own.
            warnings.simplefilter("ignore", DeprecationWarning)
            from . import weasy
    except OSError as error:
        # The first line names the library; the rest is advice for every system at once.
        missing = str(error).strip().partition("\n")[0]
        raise PdfUnavailable(f"PDF files need the Pango library, which is not installed ({missing}).") from None
    return weasy


def _page(html: str, *, title: str, language: str, subject: str, created_at: datetime | None) -> str:
    head = [f"<title>{escaping.escape(title)}</title>", '<meta name="generator" content="Quarry"/>']
    if subject:
        head.append(f'<meta name="description" content="{escaping.escape(subject)}"/>')
    if created_at:
        moment = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        head.append(f'<meta name="dcterms.created" content="{moment}"/>')
    return (
        f'<!DOCTYPE html><html lang="{escaping.escape(language)}"><head><meta charset="utf-8"/>{"".join(head)}</head>'
        f'<body data-title="{escaping.escape(title)}">{html}</body></html>'
    )
