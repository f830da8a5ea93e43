"""From HTML to a printed document, and charts as text. Nothing is read but what is bundled here."""

from .pdf import ForbiddenAddress, PdfUnavailable, render_pdf, unavailable

__all__ = ["ForbiddenAddress", "PdfUnavailable", "render_pdf", "unavailable"]
