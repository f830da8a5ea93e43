"""A periodic report on paper."""

from django.template.loader import render_to_string

from ..models import Report
from ..rendering import render_pdf
from . import showing
from .pictures import pictures_of


def pdf_of(report: Report) -> bytes:
    """Raises PdfUnavailable where this machine cannot make PDF files."""
    content = report.content
    metrics = showing.metrics_of(content)
    html = render_to_string(
        "reports/document/periodic.html",
        {
            "report": report,
            "content": content,
            "metrics": metrics,
            "founded": [one for one in metrics if one.rows],
            "scores": showing.scores_of(content),
            "pictures": pictures_of(content, width=640, height=210),
        },
    )
    return render_pdf(html, title=report.title, subject=f"{report.get_kind_display()} report")
