"""Files of index values: the layout, what is rejected, and that nothing is stored twice."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from pricing.ingestion.csv_file import WrongFile
from pricing.ingestion.importing import CONFLICT, Imported, import_values
from pricing.models import Observation, Series, ValueImport

pytestmark = pytest.mark.django_db

HEADER = "series_code,as_of_date,value,unit,currency,version_tag,published_at,source"
GOOD = "WTI,2026-03-02,76.10,$/BBL,USD,final,2026-03-03T15:00:00Z,eia"


def load(*lines: str, tenant_id: str = "acme", header: str = HEADER, encoding: str = "utf-8") -> Imported:
    content = "\n".join([header, *lines]).encode(encoding)
    return import_values(file=io.BytesIO(content), file_name="values.csv", tenant_id=tenant_id)


def counts(done: Imported) -> tuple[int, int, int, int]:
    record = done.record
    return record.inserted, record.updated, record.unchanged, record.rejected


def problems(done: Imported) -> dict[int, str]:
    return {one["line"]: one["reason"] for one in done.record.problems}


def test_a_row_keeps_everything_it_says() -> None:
    load(GOOD)

    one = Observation.objects.select_related("series", "value_import").get()
    assert (one.series.code, one.series.unit, one.series.currency) == ("WTI", "$/BBL", "USD")
    assert (str(one.as_of_date), one.value, one.version_tag) == ("2026-03-02", Decimal("76.1"), "final")
    assert (one.published_at.isoformat(), one.source, one.origin) == ("2026-03-03T15:00:00+00:00", "eia", "file")
    assert one.value_import is not None
    assert one.value_import.file_name == "values.csv"


def test_a_byte_order_mark_windows_lines_quotes_and_another_order_of_columns_are_read() -> None:
    content = '\ufeffvalue,"series_code",version_tag,as_of_date\r\n76.10,WTI,PRELIM,2026-03-02\r\n'.encode()

    done = import_values(file=io.BytesIO(content), file_name="a.csv", tenant_id="acme")

    assert counts(done) == (1, 0, 0, 0)
    assert Observation.objects.get().version_tag == "preliminary"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("WTI,02.03.2026,76.10,,,final,,", "as_of_date"),
        ("WTI,20260302,76.10,,,final,,", "as_of_date"),
        ("WTI,2026-02-30,76.10,,,final,,", "as_of_date"),
        ('WTI,2026-03-02,"76,10",,,final,,', "value"),
        ("WTI,2026-03-02,,,,final,,", "value"),
        ("WTI,2026-03-02,NaN,,,final,,", "value"),
        ("WTI,2026-03-02,1e3,,,final,,", "value"),
        ("WTI,2026-03-02,1.123456789,,,final,,", "8 after the point"),
        ("WTI,2026-03-02,76.10,,,finl,,", "version_tag"),
        ("WTI,2026-03-02,76.10,,,final,yesterday,", "published_at"),
        ("W TI,2026-03-02,76.10,,,final,,", "series_code"),
        ("WTI,2026-03-02,76.10,,dollar,final,,", "currency"),
        (f"WTI,2026-03-02,76.10,,,final,,{'x' * 51}", "source"),
        ("WTI", "version_tag"),
    ],
)
def test_an_unusable_row_is_named_with_its_line_and_the_rest_is_stored(line: str, words: str) -> None:
    done = load(line, "PPI,2026-03-01,262.5,,,prelim,,")

    assert counts(done) == (1, 0, 0, 1)
    assert words in problems(done)[2]
    assert Observation.objects.get().series.code == "PPI"


def test_two_values_for_one_date_and_version_are_both_refused() -> None:
    done = load(
        GOOD, GOOD.replace("76.10", "76.11"), GOOD.replace("03-02,", "03-03,"), GOOD.replace("03-02,", "03-03,")
    )

    assert counts(done) == (1, 0, 1, 2)
    assert problems(done) == {2: CONFLICT, 3: CONFLICT}


def test_a_value_in_another_unit_than_its_series_is_refused() -> None:
    done = load(GOOD, "WTI,2026-03-03,530,$/t,USD,final,,", "WTI,2026-03-04,70,,EUR,final,,")

    assert counts(done) == (1, 0, 0, 2)
    assert "unit is $/BBL" in problems(done)[3]
    assert "currency is USD" in problems(done)[4]
    assert "unit is $/BBL" in problems(load("WTI,2026-03-03,530,$/t,USD,final,,"))[2]


def test_the_same_file_again_reads_and_changes_nothing() -> None:
    load(GOOD)
    before = list(Observation.objects.values())

    again = load(GOOD)

    assert again.repeated
    assert list(Observation.objects.values()) == before
    assert ValueImport.objects.count() == 1


def test_a_file_with_rejected_rows_may_be_given_again() -> None:
    Series.objects.create(tenant_id="acme", code="WTI", unit="$/t")
    assert counts(load(GOOD)) == (0, 0, 0, 1)
    Series.objects.update(unit="$/BBL")

    again = load(GOOD)

    assert (again.repeated, counts(again)) == (False, (1, 0, 0, 0))
    assert counts(load(GOOD, tenant_id="globex")) == (1, 0, 0, 0)


def test_a_revised_file_adds_revisions_beside_what_was_known() -> None:
    load(GOOD, "WTI,2026-03-03,78.45,,,final,,")

    done = load(GOOD.replace("76.10", "76.40"), "WTI,2026-03-03,78.45,,,final,,")

    assert counts(done) == (0, 1, 1, 0)
    revisions = Observation.objects.filter(as_of_date="2026-03-02").order_by("revision")
    assert [str(one.value.normalize()) for one in revisions] == ["76.1", "76.4"]


@pytest.mark.parametrize(
    ("days", "frequency"),
    [
        (["02-26", "02-27", "03-02", "03-03", "03-04"], "daily"),
        (["02-27", "02-28", "03-01", "03-02"], "calendar-daily"),
        (["02-02", "02-09", "02-16"], "weekly"),
        (["01-01", "02-01", "03-01"], "monthly"),
        (["01-01"], "irregular"),
    ],
)
def test_a_new_series_has_the_frequency_that_its_dates_suggest(days: list[str], frequency: str) -> None:
    load(*(f"X,2026-{day},1,,,final,," for day in days))

    assert Series.objects.get().frequency == frequency


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "series_code, as_of_date, value, version_tag is missing"),
        (b"series_code,as_of_date,value\nWTI,2026-03-02,1\n", "version_tag is missing"),
        (f"{HEADER},value\n".encode(), "twice"),
        (f"{HEADER},color\n".encode(), "color"),
        (f"{HEADER}\n{GOOD}\n".encode() + b"W\xff,2026-03-02,1,,,final,,\n", "UTF-8"),
        (f'{HEADER}\n{GOOD}\n"WTI"x,2026-03-02\n'.encode(), "Line 3 is no CSV"),
    ],
)
def test_a_file_of_another_kind_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(WrongFile, match=words):
        import_values(file=io.BytesIO(content), file_name="a.csv", tenant_id="acme")

    assert not Observation.objects.exists()
    assert not ValueImport.objects.exists()


def test_the_command_imports_a_file_and_names_rejected_rows(tmp_path: Path, capsys: Any) -> None:
    Organisation.objects.create(slug="acme", name="Acme")
    path = tmp_path / "wti.csv"
    path.write_text(f"{HEADER}\n{GOOD}\nWTI,never,1,,,final,,\n")

    call_command("import_index_values", str(path), organisation="acme")

    said = capsys.readouterr()
    assert "2 rows: 1 new, 0 updated, 0 unchanged, 1 rejected" in said.out
    assert "line 3: as_of_date" in said.err
    with pytest.raises(CommandError, match="no organisation nowhere"):
        call_command("import_index_values", str(path), organisation="nowhere")
