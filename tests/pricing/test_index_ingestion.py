"""R-TYPE-25, R-TYPE-26: index values as a job."""

from decimal import Decimal
from typing import Any

import pytest

from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_job
from pricing.models import Observation, Series

pytestmark = pytest.mark.django_db


def body(**changes: Any) -> dict[str, Any]:
    given = {
        "tenantId": "acme",
        "seriesCode": "WTI",
        "asOfDate": "2026-03-04",
        "versionTag": "final",
        "source": "json",
        "data": [{"date": "2026-03-02", "value": "76.10"}, {"date": "2026-03-03", "value": 78.45}, {"value": 80}],
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def ingest(**changes: Any) -> dict[str, Any]:
    job = run_job("index-ingestion", body(**changes))
    assert job.status == "completed", job.error
    return dict(job.result or {})


def values() -> dict[str, Decimal]:
    return {str(one.as_of_date): one.value for one in Observation.objects.order_by("id")}


def test_a_list_of_rows_is_stored_and_counted(redis_clean: Any) -> None:
    result = ingest()

    assert result == {
        "seriesCode": "WTI",
        "asOfDate": "2026-03-04",
        "versionTag": "final",
        "inserted": 3,
        "updated": 0,
        "unchanged": 0,
    }
    assert values() == {"2026-03-02": Decimal("76.1"), "2026-03-03": Decimal("78.45"), "2026-03-04": Decimal(80)}
    series = Series.objects.get()
    assert (series.tenant_id, series.code, series.frequency) == ("acme", "WTI", "daily")


def test_identical_data_changes_nothing(redis_clean: Any) -> None:
    ingest()
    before = list(Observation.objects.values())

    again = ingest()

    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert list(Observation.objects.values()) == before


def test_another_value_is_a_further_revision_and_the_first_one_stays(redis_clean: Any) -> None:
    ingest()

    result = ingest(data=[{"date": "2026-03-02", "value": "76.11"}, {"date": "2026-03-03", "value": "78.45"}])

    assert (result["inserted"], result["updated"], result["unchanged"]) == (0, 1, 1)
    kept = Observation.objects.filter(as_of_date="2026-03-02").order_by("revision")
    assert [(one.revision, one.value) for one in kept] == [(1, Decimal("76.1")), (2, Decimal("76.11"))]


def test_versions_of_a_date_stand_beside_each_other(redis_clean: Any) -> None:
    ingest(versionTag="prelim")

    result = ingest(versionTag="final")

    assert result["inserted"] == 3
    assert set(Observation.objects.values_list("version_tag", flat=True)) == {"preliminary", "final"}


@pytest.mark.parametrize(
    "text",
    [
        "date,value\n2026-03-02,76.10\n2026-03-03,78.45\n,80\n",
        "\ufeffas_of_date,unit,value\r\n2026-03-02,x,76.10\r\n2026-03-03,x,78.45\r\n2026-03-04,x,80",
        "2026-03-02,76.10\n\n2026-03-03,78.45\n2026-03-04,80\n",
    ],
)
def test_csv_text_gives_the_same_values(text: str, redis_clean: Any) -> None:
    assert ingest(source="csv", data=text)["inserted"] == 3
    assert values() == {"2026-03-02": Decimal("76.1"), "2026-03-03": Decimal("78.45"), "2026-03-04": Decimal(80)}


@pytest.mark.parametrize("field", ["tenantId", "seriesCode", "asOfDate", "versionTag", "source", "data"])
def test_each_field_is_required(field: str, redis_clean: Any) -> None:
    with pytest.raises(InvalidPayload) as caught:
        run_job("index-ingestion", body(**{field: None}))

    assert list(caught.value.fields) == [field]
    assert "is required" in caught.value.fields[field]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"data": [{"value": "1"}, {"date": "2026-01-01", "value": "n/a"}]}, "data.1.value", "number"),
        ({"data": [{"value": True}]}, "data.0.value", "number"),
        ({"data": [{"value": None}]}, "data.0.value", "number"),
        ({"data": [{"value": "1e5"}]}, "data.0.value", "decimal point"),
        ({"data": [{"value": 0.12345678901234567}]}, "data.0.value", "write it as a text"),
        ({"data": [{"value": "0.000000001"}]}, "data.0.value", "after the point"),
        ({"data": [{"date": "4.3.2026", "value": "1"}]}, "data.0.date", "ISO date"),
        ({"data": [{"value": "1"}, {"value": "2"}]}, "data", "data.1: 2026-03-04 has another value already"),
        ({"data": []}, "data", "at least 1"),
        ({"data": "date,value\n2026-01-01,abc\n", "source": "csv"}, "data.0.value", "number"),
        ({"data": "date,value\n2026-01-01,1\n"}, "data", "list"),
        ({"versionTag": "x" * 33}, "versionTag", "32"),
        ({"seriesCode": "a/b"}, "seriesCode", "pattern"),
    ],
)
def test_a_mistake_is_named_with_its_row(changes: dict[str, Any], field: str, words: str, redis_clean: Any) -> None:
    with pytest.raises(InvalidPayload) as caught:
        run_job("index-ingestion", body(**changes))

    assert list(caught.value.fields) == [field]
    assert words in caught.value.fields[field]


def test_organisations_do_not_see_each_others_series(redis_clean: Any) -> None:
    ingest()

    result = ingest(tenantId="globex", data=[{"date": "2026-03-02", "value": "1"}])

    assert (result["inserted"], result["updated"]) == (1, 0)
    assert Series.objects.filter(code="WTI").count() == 2


def test_the_job_tells_its_progress(redis_clean: Any) -> None:
    job = run_job("index-ingestion", body())

    assert (job.progress, job.related_id, job.tenant_id) == (100, "WTI", "acme")
