"""Patents, played by a local server in the documented shape."""

from datetime import date

import pytest

from providers import uspto
from providers.errors import RateLimited
from providers.http import client_for
from tests.providers.servers import Sources

from .paths import USPTO_PATH


def test_patents_come_with_their_assignees(source: Sources) -> None:
    fake = source("uspto")
    about = {
        "inventionTitle": "WIDGET",
        "filingDate": "2024-03-01",
        "grantDate": "2026-01-06",
        "patentNumber": "12345678",
        "firstApplicantName": "ACME INC.",
    }
    assigned = [{"assigneeBag": [{"assigneeNameText": "ACME INC."}, {"assigneeNameText": "BANK"}]}]
    row = {"applicationNumberText": "18123456", "applicationMetaData": about, "assignmentBag": assigned}
    fake.answers(USPTO_PATH, json={"count": 7, "patentFileWrapperDataBag": [row, {}]})

    found = uspto.patents(client_for("uspto"), 'Acme "Inc."', filed=(date(2024, 1, 1), date(2026, 1, 1)))

    asked = fake.requests[0].get_json()
    assert asked["q"] == 'applicationMetaData.firstApplicantName:"Acme Inc."'
    assert asked["rangeFilters"][0]["valueTo"] == "2026-01-01"
    assert found.total == 7
    assert found.patents[0].granted_on == date(2026, 1, 6)
    assert found.patents[0].assignees == ("ACME INC.", "BANK")
    assert len(found.patents) == 1


def test_404_of_the_patent_office_is_nothing_found(source: Sources) -> None:
    source("uspto").answers(USPTO_PATH, status=404, json={"code": 404, "error": "Not Found"})

    assert uspto.patents(client_for("uspto"), "Nobody") == uspto.Found(total=0, patents=())


def test_the_patent_office_is_left_alone_for_five_seconds_at_least(source: Sources) -> None:
    source("uspto").answers(USPTO_PATH, status=429, headers={"Retry-After": "1"})

    with pytest.raises(RateLimited) as raised:
        uspto.patents(client_for("uspto"), "Acme")

    assert raised.value.retry_after == 5
