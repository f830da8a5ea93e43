"""Reads what a report may speak of, a fixed number of queries for any company."""

from datetime import timedelta

from prospects.models import Company

from ..known import Known
from ..periods import Period
from . import history, liens, people, writings

#: Before the period: what charts show, and the scores to compare with.
_BACK = timedelta(days=400)


def known_of(company: Company, period: Period) -> Known:
    """Everything up to the end of the period; what happened later is none of its business."""
    since, until = period.starts_at - _BACK, period.ends_at
    found_liens, filings, cut_liens = liens.liens_of(company, until=period.end)
    signals, cut_signals = history.signals_of(company, since=since, until=until)
    return Known(
        company_id=company.key,
        company_name=str(company),
        enriched_at=company.enriched_at,
        liens=found_liens,
        filings=filings,
        signals=signals,
        buying=history.buying_signals_of(company, since=since, until=until),
        lead=history.lead_scores_of(company, since=since, until=until),
        health=history.health_scores_of(company, since=since, until=until),
        contacts=people.contacts_of(company, until=until),
        figures=people.figures_of(company, until=period.end),
        research=writings.research_of(company, period),
        is_cut=cut_liens or cut_signals,
    )
