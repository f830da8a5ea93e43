"""Which words for a signal mean which kind."""

import pytest

from prospects.scoring.weights import LeadWeights
from prospects.signals.kinds import BUYING_KINDS, LABELS, SignalKind, kind_of


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Email Open", SignalKind.EMAIL_OPEN),
        ("e-mail opened", SignalKind.EMAIL_OPEN),
        ("email_click", SignalKind.EMAIL_CLICK),
        ("Clicked link in email", SignalKind.EMAIL_CLICK),
        ("Website Visit", SignalKind.SITE_VISIT),
        ("siteVisit", SignalKind.SITE_VISIT),
        ("Pricing Page Visit", SignalKind.DEMO),
        ("Demo Request", SignalKind.DEMO),
        ("Funding Round", SignalKind.FUNDING),
        ("UCC filing", SignalKind.NEW_UCC),
        ("contract-award", SignalKind.CONTRACT_AWARD),
        ("Executive Hired", SignalKind.EXECUTIVE_HIRE),
        ("Hiring surge", SignalKind.HIRING_SURGE),
        ("Patent Granted", SignalKind.PATENT_GRANT),
        ("Moved office", None),
        ("reopened ticket", None),
    ],
)
def test_words_of_a_reporter_mean_a_kind(words: str, kind: SignalKind | None) -> None:
    assert kind_of(words) is kind


@pytest.mark.parametrize("kind", list(SignalKind))
def test_the_name_and_the_label_of_a_kind_mean_that_kind(kind: SignalKind) -> None:
    assert kind_of(kind.value) is kind
    assert kind_of(LABELS[kind]) is kind


def test_opens_and_clicks_are_no_reason_to_call() -> None:
    assert not {SignalKind.EMAIL_OPEN, SignalKind.EMAIL_CLICK} & set(BUYING_KINDS)


def test_every_kind_has_its_weight_in_lead_scores() -> None:
    assert set(LeadWeights().signals) == set(SignalKind)
