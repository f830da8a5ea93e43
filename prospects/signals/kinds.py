"""The kinds of signals that count, and which words for a signal mean which kind.

Weights and half-lives of the kinds are the scores' business: see prospects/scoring/.
"""

import re
from enum import StrEnum


class SignalKind(StrEnum):
    FUNDING = "funding"
    NEW_UCC = "new-ucc"
    CONTRACT_AWARD = "contract-award"
    EXECUTIVE_HIRE = "executive-hire"
    HIRING_SURGE = "hiring-surge"
    DEMO = "demo"
    SITE_VISIT = "site-visit"
    EMAIL_CLICK = "email-click"
    EMAIL_OPEN = "email-open"
    PATENT_GRANT = "patent-grant"


LABELS: dict[SignalKind, str] = {
    SignalKind.FUNDING: "Funding",
    SignalKind.NEW_UCC: "New UCC filing",
    SignalKind.CONTRACT_AWARD: "Contract award",
    SignalKind.EXECUTIVE_HIRE: "Executive hire",
    SignalKind.HIRING_SURGE: "Hiring surge",
    SignalKind.DEMO: "Demo request or pricing visit",
    SignalKind.SITE_VISIT: "Site visit",
    SignalKind.EMAIL_CLICK: "E-mail click",
    SignalKind.EMAIL_OPEN: "E-mail open",
    SignalKind.PATENT_GRANT: "Patent grant",
}

#: Kinds that are a reason to call. Opens and clicks are not: privacy proxies make them by themselves.
BUYING_KINDS: tuple[SignalKind, ...] = tuple(
    kind for kind in SignalKind if kind not in (SignalKind.EMAIL_OPEN, SignalKind.EMAIL_CLICK)
)

#: The first line whose words all stand in the type, in any order, decides. Longer words of the same stem count.
_WORDS: tuple[tuple[SignalKind, tuple[str, ...]], ...] = tuple(
    (kind, tuple(words.split()))
    for kind, words in (
        (SignalKind.EMAIL_CLICK, "email click"),
        (SignalKind.EMAIL_CLICK, "mail click"),
        (SignalKind.EMAIL_CLICK, "link click"),
        (SignalKind.EMAIL_OPEN, "email open"),
        (SignalKind.EMAIL_OPEN, "mail open"),
        (SignalKind.DEMO, "demo"),
        (SignalKind.DEMO, "pricing"),
        (SignalKind.DEMO, "trial"),
        (SignalKind.EXECUTIVE_HIRE, "executive hir"),
        (SignalKind.EXECUTIVE_HIRE, "executive appoint"),
        (SignalKind.EXECUTIVE_HIRE, "executive change"),
        (SignalKind.EXECUTIVE_HIRE, "leadership change"),
        (SignalKind.HIRING_SURGE, "hiring"),
        (SignalKind.HIRING_SURGE, "job posting"),
        (SignalKind.CONTRACT_AWARD, "contract"),
        (SignalKind.CONTRACT_AWARD, "award"),
        (SignalKind.PATENT_GRANT, "patent"),
        (SignalKind.NEW_UCC, "ucc"),
        (SignalKind.FUNDING, "fund"),
        (SignalKind.FUNDING, "investment"),
        (SignalKind.SITE_VISIT, "website"),
        (SignalKind.SITE_VISIT, "site visit"),
        (SignalKind.SITE_VISIT, "page view"),
        (SignalKind.SITE_VISIT, "page visit"),
        (SignalKind.SITE_VISIT, "web visit"),
    )
)


def kind_of(signal_type: str) -> SignalKind | None:
    """The kind that a reporter's words mean, such as `Email Opened`, `website_visit` or `emailOpen`.

    None: a signal that is kept and counted, and moves no score.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", signal_type).lower().replace("e-mail", "email")
    words = re.findall(r"[a-z0-9]+", spaced)
    for kind, stems in _WORDS:
        if all(any(word.startswith(stem) for word in words) for stem in stems):
            return kind
    return None
