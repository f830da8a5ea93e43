"""When two names are the same prospect."""

import pytest

from prospects.names import MAX_KEY, name_key


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
