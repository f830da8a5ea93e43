"""All that the database knows of a company, as numbered sentences with their sources."""

from prospects.models import Company

from ..evidence import Dossier
from . import activity, competitors, facts, filings, profile, scores

#: Each adds what it knows; the order is that of the footnotes.
_GATHERERS = (profile.gather, filings.gather, facts.gather, competitors.gather, activity.gather, scores.gather)


def gather(company: Company) -> Dossier:
    """Reads the database only: sources are asked by the enrichment, whose facts these are."""
    dossier = Dossier(company=company.name or company.key)
    for one in _GATHERERS:
        one(company, dossier)
    return dossier
