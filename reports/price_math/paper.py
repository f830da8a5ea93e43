"""A calculation's derivation on paper: who reads it needs a pocket calculator and nothing else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Func, IntegerField, Sum
from django.template.loader import render_to_string

from ..rendering import render_pdf
from .data_files import OnLine
from .reading import Content, Line, Scope, Section, Used, head_of, observations_of, parts_of
from .words import input_words

#: Steps of a page; a line's heading and its row in the list of results take the room of one more.
STEPS_OF_PAGE = 17
#: Index values that fill a page: in the step that reads them, and in the list at the end.
VALUES_OF_PAGE = 25


class TooLong(Exception):
    """The document would have more pages than are printed. The message names the ways out."""

    error_class = "VALIDATION_ERROR"
    code = "report_too_long"


def pdf_of(
    scope: Scope, title: str, on_line: OnLine = lambda done: None, on_layout: Callable[[], None] = lambda: None
) -> bytes:
    """Raises PdfUnavailable. Ask check_length before. on_layout: told once the lines are read."""
    html = html_of(scope, title, on_line)
    on_layout()
    subject = f"Derivation of prices, calculation {scope.calculation.public_id}"
    return render_pdf(html, title=title, subject=subject, created_at=scope.calculation.computed_at)


def html_of(scope: Scope, title: str, on_line: OnLine = lambda done: None) -> str:
    """The body of the document."""
    used = Used()
    sections = _sections(scope, used, on_line)
    return render_to_string(
        "reports/document/price_math.html",
        {
            "title": title,
            "head": head_of(scope),
            "one": scope.calculation,
            "sections": sections,
            "observations": list(observations_of(scope, used)),
        },
    )


def check_length(scope: Scope) -> None:
    lines, steps, pages = _length(scope)
    most = settings.REPORT_PDF_PAGES
    if pages > most:
        raise TooLong(
            f"The derivation of {lines:,} lines in {steps:,} steps would fill about {pages:,} pages, and a PDF has at "
            f"most {most:,}. Ask for format csv or json, which hold all of it, or for one contract with `contract`; "
            "an operator may raise REPORT_PDF_PAGES."
        )


def _length(scope: Scope) -> tuple[int, int, int]:
    """Lines, steps and pages, about."""
    lines, steps = scope.items().count(), scope.steps().count()
    shared = scope.steps().filter(item=None)
    values = shared.aggregate(all=Sum(Func("inputs", function="jsonb_array_length", output_field=IntegerField())))
    return lines, steps, 2 + (steps + lines) // STEPS_OF_PAGE + (values["all"] or 0) // VALUES_OF_PAGE


def _sections(scope: Scope, used: Used, on_line: OnLine) -> list[dict[str, Any]]:
    """Contracts with their lines as the template shows them."""
    sections: list[dict[str, Any]] = []
    lines = 0
    for part in parts_of(scope, used):
        if isinstance(part, Section):
            sections.append({**part.content, "steps": _shown(part.content), "lines": [], "parts": _components(part)})
        elif isinstance(part, Line):
            sections[-1]["lines"].append({**part.content, "steps": _shown(part.content)})
            lines += 1
            on_line(lines)
    return sections


def _shown(content: Content) -> list[Content]:
    return [{**step, "inputs": [input_words(one) for one in step["inputs"]]} for step in content["steps"]]


def _components(section: Section) -> list[dict[str, str]]:
    """What the price follows: each index with its weight, in words."""
    terms = section.content["terms"]
    components = terms.get("components") or [{**terms["component"], "name": terms["component"]["series"]}]
    return [
        {
            "name": one["name"],
            "series": one["series"],
            "weight": one.get("weight", ""),
            "base": reading_words(one["base"]),
            "current": reading_words(one["current"]),
        }
        for one in components
    ]


def reading_words(reading: dict[str, Any]) -> str:
    """Such as `mean of 3 observations, 1 left out` or `value of 2025-01-01`."""
    if reading.get("value") is not None:
        return f"given: {reading['value']}"
    if reading.get("on"):
        return f"value of {reading['on']}"
    if span := reading.get("between"):
        return f"mean of {span['from']} to {span['to']}"
    window = reading["window"]
    count, lag = window.get("count", 1), window.get("lag", 0)
    unit = f"{window['unit']}{'s' if count != 1 else ''}"
    return f"mean of {count} {unit}" + (f", {lag} left out before the pricing date" if lag else "")
