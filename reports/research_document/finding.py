"""Which file a research was printed to."""

from research.models import Research

from ..models import Report


def document_of(research: Research) -> Report | None:
    """The newest that still has its file: files may be cleaned up while their rows stay."""
    printed = Report.objects.filter(
        tenant_id=research.tenant_id, kind=Report.Kind.RESEARCH, subject_id=research.public_id
    )
    return printed.exclude(file="").order_by("-pk").first()
