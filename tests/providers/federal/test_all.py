"""What all sources of the United States' government have in common, each in its documented shape."""

from datetime import date
from typing import Any

import pytest

from jobs.errors import ErrorClass, classify_error
from providers import census, osha, sam, usaspending, uspto
from providers.errors import BadPayload, RateLimited
from providers.http import client_for
from tests.providers.servers import Sources

from .paths import CBP, OSHA_PATHS, SPENDING, USPTO_PATH


@pytest.mark.parametrize(
    ("name", "path", "ask"),
    [
        ("osha", OSHA_PATHS["inspection"], lambda client: osha.inspections(client, "Acme")),
        ("uspto", USPTO_PATH, lambda client: uspto.patents(client, "Acme")),
        ("census", CBP, lambda client: census.industry(client, "325", state="39")),
        ("sam", "/entity-information/v4/entities", lambda client: sam.entities(client, uei="ABCDEFGHJKL1")),
        (
            "usaspending",
            SPENDING,
            lambda client: usaspending.contracts(client, "Acme", since=date(2025, 1, 1), until=date(2026, 1, 1)),
        ),
    ],
)
def test_each_source_that_asks_for_a_pause_is_a_rate_limit(source: Sources, name: str, path: str, ask: Any) -> None:
    source(name).answers(path, status=429, headers={"Retry-After": "30"}, text="slow down")

    with pytest.raises(RateLimited) as raised:
        ask(client_for(name))

    assert classify_error(raised.value).error_class is ErrorClass.RATE_LIMIT
    assert raised.value.retry_after == 30


@pytest.mark.parametrize(
    ("name", "path", "ask"),
    [
        ("osha", OSHA_PATHS["inspection"], lambda client: osha.inspections(client, "Acme")),
        ("uspto", USPTO_PATH, lambda client: uspto.patents(client, "Acme")),
        ("census", CBP, lambda client: census.industry(client, "325", state="39")),
        ("sam", "/entity-information/v4/entities", lambda client: sam.entities(client, name="Acme")),
        (
            "usaspending",
            SPENDING,
            lambda client: usaspending.contracts(client, "Acme", since=date(2025, 1, 1), until=date(2026, 1, 1)),
        ),
    ],
)
@pytest.mark.parametrize("body", ['{"error": "we are sorry"}', "<html></html>"])
def test_an_answer_in_another_shape_is_told_from_an_empty_one(
    source: Sources, name: str, path: str, ask: Any, body: str
) -> None:
    source(name).answers(path, text=body)

    with pytest.raises(BadPayload):
        ask(client_for(name))
