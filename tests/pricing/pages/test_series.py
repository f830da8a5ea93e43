"""The pages of series: the list, the chart, observations with revisions, files in and out, sources."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from jobs.schedules.declarations import Occurrence, declaration
from jobs.testing import run_again, run_job
from pricing.models import Observation, Series, SeriesFeed, ValueImport, ValueUpload
from pricing.pages.urls import urlpatterns
from tests.providers.servers import Sources
from tests.viewers import NewViewer

from ..deals import publish

pytestmark = pytest.mark.django_db

HEADER = "series_code,as_of_date,value,unit,currency,version_tag,published_at,source"
ROWS = (
    "WTI,2026-03-02,76.10,$/BBL,USD,prelim,2026-03-02T20:00:00Z,eia",
    "WTI,2026-03-02,76.20,$/BBL,USD,final,2026-03-05T20:00:00Z,eia",
    "WTI,2026-03-03,78.45,$/BBL,USD,final,2026-03-04T20:00:00Z,eia",
)


def upload(client: Client, *rows: str, name: str = "values.csv") -> str:
    """The address of the draft."""
    content = "\n".join([HEADER, *rows]).encode()
    answer = client.post("/pricing/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    return str(answer["Location"])


def load(client: Client, *rows: str) -> ValueImport:
    """Upload and import, as a person does."""
    address = upload(client, *rows)
    client.post(address, {"action": "start"})
    run_again(Job.objects.latest("pk"))
    return ValueImport.objects.latest("pk")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_page_is_guarded_and_a_viewer_changes_nothing(viewer: NewViewer, client: Client) -> None:
    publish("WTI", "2026-03-02", "76.10")
    reader = viewer("v@example.com", role="viewer")

    assert [one.name for one in urlpatterns if not getattr(one.callback, "desk_guarded", False)] == []
    assert client.get("/pricing/").status_code == 302
    assert reader.get("/pricing/series/WTI/").status_code == 200
    for path in ("/pricing/imports/", "/pricing/series/WTI/feed", "/pricing/series/WTI/describe"):
        assert reader.post(path, {"action": "fetch"}).status_code == 403, path


def test_a_file_is_previewed_imported_and_its_problems_are_named_by_line(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    address = upload(client, *ROWS, "WTI,02.03.2026,1,$/BBL,USD,final,,eia")

    draft = text(client, address)
    assert "1 of the first 4 rows have problems" in draft
    assert "as_of_date must be an ISO date" in draft
    assert not Observation.objects.exists()
    client.post(address, {"action": "start"})
    assert "index-import" in Job.objects.values_list("type", flat=True)
    run_again(Job.objects.latest("pk"))

    done = text(client, address)
    assert "3 new, 0 changed, 0 as they were, 1 left out" in done
    assert "as_of_date must be an ISO date" in done
    record = ValueImport.objects.get()
    rejected = b"".join(client.get(f"/pricing/imports/{record.public_id}/rejected.csv")).decode("utf-8-sig")
    assert rejected.splitlines()[1].startswith("5,as_of_date")
    assert not ValueUpload.objects.get().pieces.exists()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"series.upload", "series.import"}


def test_a_file_that_cannot_be_read_says_why_and_is_dropped(viewer: NewViewer) -> None:
    client = viewer()
    wrong = client.post("/pricing/imports/", {"file": SimpleUploadedFile("a.csv", b"day,price\n1,2\n")})

    answer = client.get(wrong["Location"])
    assert answer.status_code == 422
    assert "series_code, as_of_date, value, version_tag is missing" in answer.content.decode()
    client.post(wrong["Location"], {"action": "drop"})

    assert not ValueUpload.objects.exists()
    assert client.post("/pricing/imports/", {}).status_code == 422


def test_files_that_nobody_confirmed_or_whose_job_failed_are_forgotten_after_a_week(
    viewer: NewViewer, redis_clean: Any
) -> None:
    client = viewer()
    upload(client, *ROWS, name="draft.csv")
    for name in ("failed.csv", "waiting.csv"):
        client.post(upload(client, *ROWS, name=name), {"action": "start"})
    failed = ValueUpload.objects.get(file_name="failed.csv")
    failed.pieces.update(body=b"day,price\n1,2\n")
    job = run_again(Job.objects.get(public_id=failed.job_id))
    assert (job.status, "is missing" in (job.error_message or "")) == ("failed", True)
    assert "Nothing was stored" in text(client, f"/pricing/imports/uploads/{failed.public_id}")
    ValueUpload.objects.update(created_at=timezone.now() - timedelta(days=8))

    upload(client, *ROWS, name="new.csv")

    assert set(ValueUpload.objects.values_list("file_name", flat=True)) == {"waiting.csv", "new.csv"}


def test_an_upload_of_another_organisation_is_not_there(viewer: NewViewer) -> None:
    address = upload(viewer(), *ROWS)
    stranger = viewer("x@example.com", organisation="globex")

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"action": "start"}).status_code == 404


def test_the_list_shows_the_last_value_that_counts(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    assert "No index values yet" in text(client, "/pricing/")
    load(client, *ROWS)
    publish("SECRET", "2026-03-02", "1", tenant_id="globex")

    page = text(client, "/pricing/")

    assert "78.45" in page
    assert "2026-03-03" in page
    assert "is-preliminary" in page
    assert "SECRET" not in page
    assert "No series is called" in text(client, "/pricing/?q=nothing")


def test_a_series_shows_what_counts_and_what_was_known_on_a_day(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    load(client, *ROWS)
    publish("WTI", "2026-03-03", "79.00")

    page = text(client, "/pricing/series/WTI/")
    assert "<s>78.45</s>" in page
    assert "76.2" in page
    then = text(client, "/pricing/series/WTI/?known=2026-03-02")
    assert "76.1" in then
    assert "78.45" not in then
    lines = {one["name"]: one["values"] for one in client.get("/pricing/series/WTI/chart.json").json()["lines"]}
    assert lines == {"preliminary": [76.1, None], "final": [76.2, 79.0]}
    known = client.get("/pricing/series/WTI/chart.json?known=2026-03-04").json()["lines"]
    assert {one["name"]: one["values"] for one in known} == {
        "preliminary": [76.1, None],
        "final": [None, 78.45],
        "now": [76.2, 79.0],
    }
    assert client.get("/pricing/series/NONE/").status_code == 404


def test_a_long_series_is_thinned_to_its_extremes(viewer: NewViewer) -> None:
    series = Series.objects.create(tenant_id="acme", code="LONG")
    with_peak = "CASE WHEN n = 3333 THEN 999 ELSE n %% 7 END"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pricing_observation (tenant_id, series_id, as_of_date, version_tag, revision, value, "  # noqa: S608
            "published_at, source, origin) SELECT 'acme', %s, DATE '1986-01-01' + n, 'final', 1, "
            f"{with_peak}, now(), 'test', 'file' FROM generate_series(0, 9999) n",
            [series.pk],
        )

    drawn = viewer().get("/pricing/series/LONG/chart.json").json()

    assert drawn["thinned"]
    assert len(drawn["at"]) <= 1402
    assert max(drawn["lines"][0]["values"]) == 999


def test_an_exported_series_imports_again_unchanged(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    load(client, *ROWS, 'WTI,2026-03-04,-37.63,$/BBL,USD,final,2026-03-05T20:00:00Z,"=feed"')
    exported = b"".join(client.get("/pricing/series/WTI/values.csv"))

    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"))))
    assert rows[0] == HEADER.split(",")
    assert rows[-1][2] == "-37.63"
    assert rows[-1][-1] == "'=feed"
    answer = client.post("/pricing/imports/", {"file": SimpleUploadedFile("again.csv", exported)})
    client.post(answer["Location"], {"action": "start"})
    run_again(Job.objects.latest("pk"))

    again = ValueImport.objects.latest("pk")
    assert (again.rows, again.unchanged, again.rejected) == (4, 4, 0)


def test_a_series_is_described(viewer: NewViewer) -> None:
    publish("WTI", "2026-03-02", "76.10")
    client = viewer()
    form = {"name": "Crude oil", "unit": "$/BBL", "currency": "USD", "frequency": "daily"}

    client.post("/pricing/series/WTI/describe", form)
    client.post("/pricing/series/WTI/describe", form | {"currency": "dollars"})

    series = Series.objects.get()
    assert (series.name, series.currency, series.frequency) == ("Crude oil", "USD", "daily")
    assert AuditEntry.objects.filter(action="series.change").count() == 1


# --- Sources ----------------------------------------------------------------------------------------
def subscribe(client: Client, **more: str) -> None:
    form = {"action": "subscribe", "provider": "fred", "id": "GDP", "daily": "1", "start": "2026-01-01", **more}
    assert client.post("/pricing/series/GDP/feed", form).status_code == 302


def fires() -> list[Any]:
    found = declaration("index-fetch-daily")
    assert found is not None
    return list(found.fan_out(Occurrence(schedule=found.name, fire_time=timezone.now(), label="2026-11-22")))


def test_a_subscribed_series_is_fetched_by_the_clock_once_its_source_is_on(
    viewer: NewViewer, source: Sources, redis_clean: Any
) -> None:
    Series.objects.create(tenant_id="acme", code="GDP")
    client = viewer()
    with override_settings(LIVE_SOURCES=frozenset()):
        subscribe(client)
        assert "add fred to QUARRY_LIVE_SOURCES" in text(client, "/pricing/series/GDP/")
        assert fires() == []
    fake = source("fred")
    fake.answers("/fred/series/vintagedates", json={"count": 1, "vintage_dates": ["2026-02-05"]})
    row = {"realtime_start": "2026-02-05", "realtime_end": "9999-12-31", "date": "2026-01-01", "value": "14.81"}
    fake.answers("/fred/series/observations", json={"count": 1, "observations": [row]})

    (submission,) = fires()
    job = run_job(submission.type, submission.data)

    assert (job.status, job.result["inserted"]) == ("completed", 1)
    feed = SeriesFeed.objects.get()
    assert (feed.inserted, feed.problem, feed.succeeded_at is not None) == (1, "", True)
    one = Observation.objects.get()
    assert (str(one.value.normalize()), one.published_at.date().isoformat(), one.origin) == (
        "14.81",
        "2026-02-05",
        "live",
    )


def test_a_source_that_fails_is_named_on_the_page_and_ending_keeps_the_values(
    viewer: NewViewer, source: Sources, redis_clean: Any
) -> None:
    Series.objects.create(tenant_id="acme", code="GDP")
    client = viewer()
    subscribe(client)
    source("fred").answers("/fred/series/vintagedates", status=400, json={"error_message": "no such series"})

    job = run_job("index-fetch", tenantId="acme", seriesCode="GDP")

    assert job.status == "failed"
    assert SeriesFeed.objects.get().problem
    assert SeriesFeed.objects.get().problem[:30] in text(client, "/pricing/series/GDP/")
    client.post("/pricing/series/GDP/feed", {"action": "unsubscribe"})
    assert not SeriesFeed.objects.exists()
    assert run_job("index-fetch", tenantId="acme", seriesCode="GDP").error_type == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("more", "words"),
    [({"provider": "none"}, "Source:"), ({"id": "a b"}, "Id:"), ({"provider": "eia"}, "Id: for EIA")],
)
def test_a_subscription_that_makes_no_sense_says_what_is_wrong(
    viewer: NewViewer, more: dict[str, str], words: str
) -> None:
    Series.objects.create(tenant_id="acme", code="GDP")
    client = viewer()

    subscribe(client, **more)

    assert words in text(client, "/pricing/series/GDP/")
    assert not SeriesFeed.objects.exists()
