"""What the headline of an article says a company did. Precision before recall: a doubtful one says nothing."""

import re

from providers.news import mentions

from ..names import name_key
from .kinds import SignalKind

_PHRASES: tuple[tuple[SignalKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            SignalKind.EXECUTIVE_HIRE,
            r"\b(?:names?|named|appoints?|appointed|hires?|hired|promotes?|taps|welcomes)\b.{0,80}"
            r"\b(?:c[efotmi]o|chief \w+(?: \w+)? officer|president|vice president|general counsel)\b",
        ),
        (
            SignalKind.FUNDING,
            r"\b(?:raises?|raised|secures?|secured|closes?|closed|lands?)\b.{0,60}"
            r"(?:\$\s?\d|€\s?\d|£\s?\d|\bfunding\b|\bseries [a-h]\b|\bfinancing\b|\bcredit facility\b|\bloan\b)",
        ),
        (
            SignalKind.HIRING_SURGE,
            r"\b(?:to hire|hiring|to add|adding|creates?|to create|will create)\b.{0,30}\d[\d,]*.{0,40}"
            r"\b(?:jobs|workers|employees|people|positions)\b|\bhiring (?:spree|surge)\b",
        ),
        (
            SignalKind.CONTRACT_AWARD,
            r"\b(?:wins?|won|awarded|lands?|secures?|receives?)\b.{0,60}\bcontracts?\b|\bcontract award",
        ),
    )
)
#: A headline with one of these tells of something that did not happen, or of its opposite.
_DENIED = re.compile(
    r"\b(?:fails? to|failed to|loses?|lost|denies|denied|cancels?|cancelled|layoffs?|lays off|sues?)\b", re.IGNORECASE
)


def said_of(title: str, company_name: str) -> SignalKind | None:
    """The kind of event, where the headline names the company and tells of one."""
    if not mentions(title, company_name) or _DENIED.search(title):
        return None
    return next((kind for kind, phrase in _PHRASES if phrase.search(title)), None)


def headline_key(title: str) -> str:
    """The same for one headline in several papers: without case, punctuation and the paper's name at its end."""
    without_paper = re.sub(r"\s+[-–|]\s+[^-–|]{1,40}$", "", title)
    return name_key(without_paper)[:200]
