"""What headlines say."""

import pytest

from prospects.signals.headlines import headline_key, said_of
from prospects.signals.kinds import SignalKind

ACME = "Acme Foods, Inc."


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Acme Foods names Jane Roe chief financial officer", SignalKind.EXECUTIVE_HIRE),
        ("Acme Foods Appoints New CEO", SignalKind.EXECUTIVE_HIRE),
        ("ACME FOODS raises $20 million in Series B", SignalKind.FUNDING),
        ("Acme Foods to hire 200 workers in Ohio", SignalKind.HIRING_SURGE),
        ("Acme Foods wins $4M Army contract", SignalKind.CONTRACT_AWARD),
        ("Acme Foods publishes its annual report", None),
        ("Acme Foods loses Army contract it won in May", None),
        ("Acme Foods fails to raise $20 million", None),
        ("Beta Mills wins $4M Army contract", None),
        ("Acme Foodservice wins $4M Army contract", None),
    ],
)
def test_a_headline_counts_where_it_names_the_company_and_an_event(title: str, kind: SignalKind | None) -> None:
    assert said_of(title, ACME) is kind


def test_a_company_without_a_name_is_named_by_no_headline() -> None:
    assert said_of("Appoints new CEO", "") is None


def test_one_headline_in_several_papers_is_one() -> None:
    titles = ("Acme wins contract", "ACME wins contract - Reuters", "Acme wins contract | The Daily Post")

    assert len({headline_key(title) for title in titles}) == 1
