"""When two names are the same prospect."""

import pytest

from prospects.names import MAX_KEY, may_be_same, name_key, without_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME, INC.", "Acme Incorporated"),
        ("Acme L.L.C.", "ACME LIMITED LIABILITY COMPANY"),
        ("Acme L L C", "Acme LLC"),
        ("The Acme Company", "ACME CO."),
        ("Smith & Sons Ltd", "SMITH AND SONS LIMITED"),
        ("Café Zoë Corp", "CAFE ZOE CORPORATION"),
        ("O'Hara  Tools", "OHARA-TOOLS"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Acme LLC", "Acme Inc"), ("Acme 1", "Acme 2"), ("The", "Them")])
def test_different_companies_keep_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["7", "THE", "²", "株式会社", "A" + "&" * 299, "ﷺ" * 300])
def test_a_key_is_never_empty_and_fits_the_index(name: str) -> None:
    assert 1 <= len(name_key(name)) <= MAX_KEY


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Foods, Inc.", "ACME FOODS", True),
        ("The Acme Company", "Acme Co", True),
        ("Acme LLC", "Acme Inc", False),
        ("Acme Foods", "Acme Foods of Ohio", False),
        ("", "", False),
    ],
)
def test_an_entry_may_be_the_company_where_only_its_form_is_left_out(one: str, other: str, same: bool) -> None:
    assert may_be_same(one, other) is same


@pytest.mark.parametrize(
    ("name", "asked"),
    [("Acme Foods, L.L.C.", "Acme Foods"), ("Smith & Sons Ltd.", "Smith & Sons"), ("Inc", "Inc"), ("Costco", "Costco")],
)
def test_sources_that_search_by_words_are_asked_without_the_form(name: str, asked: str) -> None:
    assert without_form(name) == asked
