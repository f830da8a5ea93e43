"""What people type, and what is understood of it."""

from datetime import UTC, datetime

import pytest

from jobs.search.language import chips, from_fields, parse, with_term


def terms(text: str) -> list[tuple[str, tuple, str, bool]]:
    return [(t.name + t.path, t.values, t.operator, t.negated) for t in parse(text).terms]


def test_qualifiers_words_and_phrases_are_told_apart():
    found = terms('status:failed,dead queue:ucc_ingestion "acme corp" timeout -type:scoring')

    assert found == [
        ("status", ("failed", "dead"), "=", False),
        ("queue", ("ucc-ingestion",), "=", False),
        ("", ("acme corp",), "=", False),
        ("", ("timeout",), "=", False),
        ("type", ("scoring",), "=", True),
    ]


def test_paths_into_the_payload_take_any_spelling():
    assert (
        terms("data.company_id:Comp_7")
        == terms("data.companyId:comp_7")
        == [("data.companyid", ("comp_7",), "=", False)]
    )


def test_an_id_with_colons_is_text():
    assert terms("refresh:acme.1:2026") == [("", ("refresh:acme.1:2026",), "=", False)]


def test_a_qualifier_written_wrongly_is_named_with_its_remedy():
    query = parse("stauts:failed")

    assert query.terms == ()
    assert "did you mean status:" in query.problems[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("status:broken", "is one of waiting"),
        ("queue:nowhere", "is one of research"),
        ("attempts:>many", "is a whole number"),
        ("created:>yesterday", "is a date such as"),
        ("created:9999-12-31", "lies in the years 2 to 9998"),
        ("duration:>9", "is a time span"),
        ("type:", "needs a value"),
    ],
)
def test_a_wrong_value_becomes_a_sentence(text, part):
    query = parse(text)

    assert query.terms == ()
    assert part in query.problems[0]


def test_comparisons_are_read():
    assert terms("created:>2026-11-01 attempts:>=2 duration:<5m") == [
        ("created", (datetime(2026, 11, 1, tzinfo=UTC),), ">", False),
        ("attempts", (2,), ">=", False),
        ("duration", (300_000,), "<", False),
    ]


@pytest.mark.parametrize("text", ['"', "::", "-", '\\"', "\x00", "*"])
def test_what_says_nothing_asks_for_nothing(text):
    query = parse(text)

    assert (query.terms, query.problems) == ((), ())


@pytest.mark.parametrize("text", ['"unclosed', "id:*", "data.:x"])
def test_whatever_else_is_typed_is_looked_for_or_told_as_a_problem(text):
    query = parse(text)

    assert len(query.terms) + len(query.problems) == 1


def test_what_is_too_long_is_looked_for_by_its_beginning_and_that_is_told():
    query = parse("a" * 5000)

    assert query.terms[0].values == ("a" * 1000,)
    assert query.problems == ("Only the first 1000 characters are searched for.",)


def test_form_fields_become_qualifiers_and_replace_those_in_the_text():
    assert (
        from_fields({"q": "status:failed boom", "status": "dead", "relatedId": "a b"})
        == 'boom status:dead related:"a b"'
    )


def test_each_chip_links_to_the_rest():
    assert chips("status:failed boom") == [("status:failed", "boom"), ("boom", "status:failed")]
    assert with_term("status:failed boom", "status", None) == "boom"
