"""What the environment may say of outside sources, and what stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.source_settings import read_live_sources, read_sources
from providers.catalogue import SOURCES, Limit, SourceSettings


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUARRY_LIVE_SOURCES", raising=False)


def test_nothing_goes_out_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_live_sources() == frozenset()

    monkeypatch.setenv("QUARRY_LIVE_SOURCES", "sec, osha")
    assert read_live_sources() == {"sec", "osha"}

    monkeypatch.setenv("QUARRY_LIVE_SOURCES", "all")
    assert read_live_sources() == set(SOURCES)


def test_a_name_that_no_source_has_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARRY_LIVE_SOURCES", "sec,edgar")

    with pytest.raises(ImproperlyConfigured, match=r"QUARRY_LIVE_SOURCES names edgar; known: all, sec"):
        read_live_sources()


def test_each_source_has_variables_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANIES_HOUSE_BASE_URL", "http://127.0.0.1:8080/mirror/")
    monkeypatch.setenv("COMPANIES_HOUSE_API_KEY", " secret-key ")
    monkeypatch.setenv("COMPANIES_HOUSE_LIMIT", "20/0.5")

    found = read_sources()["companies-house"]

    limit = Limit(count=20, seconds=0.5)
    assert found == SourceSettings(base_url="http://127.0.0.1:8080/mirror", key="secret-key", limit=limit)
    assert "secret-key" not in repr(found)


def test_a_limit_can_be_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEC_LIMIT", "none")

    assert read_sources()["sec"].limit is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEC_LIMIT", "10"),
        ("SEC_LIMIT", "0/1"),
        ("SEC_LIMIT", "10/0"),
        ("SEC_LIMIT", "10/nan"),
        ("SEC_LIMIT", "10/86401"),
        ("SEC_BASE_URL", "data.sec.gov"),
        ("SEC_BASE_URL", "https://user:password@data.sec.gov"),
        ("SEC_BASE_URL", "https://data.sec.gov?key=1"),
        ("SEC_BASE_URL", "https://data.sec.gov:port"),
        ("SEC_CONTACT", "Müller"),
        ("OSHA_API_KEY", "two\nlines"),
    ],
)
def test_a_wrong_value_stops_the_start_and_no_secret_is_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name) as raised:
        read_sources()

    assert "password" not in str(raised.value)
    assert "two" not in str(raised.value)
