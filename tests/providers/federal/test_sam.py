"""SAM.gov's entities, awards and opportunities, played by a local server in their documented shapes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from providers import sam
from providers.errors import RateLimited, Rejected
from providers.http import client_for
from providers.models import SourceState
from tests.providers.servers import Sources


def test_an_entity_says_whether_it_is_barred(source: Sources) -> None:
    entry = {
        "ueiSAM": "ABCDEFGHJKL1",
        "cageCode": "1ABC2",
        "legalBusinessName": "ACME INC",
        "registrationStatus": "Active",
        "registrationExpirationDate": "2027-01-31",
        "exclusionStatusFlag": "N",
    }
    source("sam").answers(
        "/entity-information/v4/entities",
        json={"totalRecords": 1, "entityData": [{"entityRegistration": entry, "coreData": {}}]},
    )

    (found,) = sam.entities(client_for("sam"), uei="ABCDEFGHJKL1")

    assert (found.name, found.expires_on, found.excluded) == ("ACME INC", date(2027, 1, 31), False)


@pytest.mark.parametrize("signed", ["2025-09-30T00:00:00Z", "09/30/2025", "9/30/2025"])
def test_awards_spell_their_numbers_and_days_in_several_ways(source: Sources, signed: str) -> None:
    details = {
        "dates": {"dateSigned": signed},
        "dollars": {"actionObligation": "202.39"},
        "totalContractDollars": {"totalActionObligation": "38847444.67"},
        "awardeeData": {"awardeeHeader": {"awardeeName": "ACME INC"}},
    }
    source("sam").answers(
        "/contract-awards/v1/search",
        json={"totalRecords": "1", "awardSummary": [{"contractId": {"piid": "W911"}, "awardDetails": details}]},
    )

    (found,) = sam.awards(client_for("sam"), "ABCDEFGHJKL1")

    assert (found.piid, found.awardee, found.signed_on) == ("W911", "ACME INC", date(2025, 9, 30))
    assert (found.obligated_usd, found.total_usd) == (Decimal("202.39"), Decimal("38847444.67"))


@pytest.mark.parametrize(
    "empty",
    [
        {"status": 204},
        {"json": {"totalRecords": 0, "awardSummary": []}},
        {"json": {"awardResponse": {"totalRecords": "0", "limit": "100"}}},
    ],
)
def test_no_awards_come_in_several_shapes(source: Sources, empty: dict[str, Any]) -> None:
    source("sam").answers("/contract-awards/v1/search", **empty)

    assert sam.awards(client_for("sam"), "ABCDEFGHJKL1") == ()


def test_opportunities_are_asked_for_in_american_days(source: Sources) -> None:
    fake = source("sam")
    award = {"date": "2026-02-03", "amount": "150000", "awardee": {"name": "ACME INC", "ueiSAM": "ABCDEFGHJKL1"}}
    row = {"noticeId": "n1", "title": "Widgets", "type": "Award Notice", "naicsCode": "332710", "award": award}
    fake.answers("/opportunities/v2/search", json={"totalRecords": 1, "opportunitiesData": [row]})

    (found,) = sam.opportunities(client_for("sam"), posted_from=date(2026, 1, 2), posted_to=date(2026, 3, 4))

    assert (fake.requests[0].args["postedFrom"], fake.requests[0].args["postedTo"]) == ("01/02/2026", "03/04/2026")
    assert (found.awarded_usd, found.awardee, found.awarded_on) == (Decimal(150_000), "ACME INC", date(2026, 2, 3))


def test_opportunities_of_more_than_a_year_are_refused(source: Sources) -> None:
    source("sam")

    with pytest.raises(Rejected, match="at most a year"):
        sam.opportunities(client_for("sam"), posted_from=date(2024, 1, 1), posted_to=date(2026, 1, 1))


def test_a_used_up_quota_holds_until_midnight_for_everybody(source: Sources) -> None:
    body = {"code": "900804", "message": "Message throttled out", "nextAccessTime": "2026-Nov-23 00:00:00+0000 UTC"}
    fake = source("sam")
    fake.answers("/entity-information/v4/entities", status=429, json=body)

    with pytest.raises(RateLimited, match="00:00 UTC") as raised:
        sam.entities(client_for("sam"), name="Acme")
    with pytest.raises(RateLimited):
        sam.entities(client_for("sam"), name="Another")

    until = SourceState.objects.get(name="sam").paused_until
    midnight = sam.seconds_to_midnight(datetime.now(UTC))
    assert abs(raised.value.retry_after - midnight) < 60
    assert abs((until - datetime.now(UTC)).total_seconds() - midnight) < 120
    assert len(fake.requests) == 1


def test_midnight_is_that_of_utc() -> None:
    assert sam.seconds_to_midnight(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == 1800
