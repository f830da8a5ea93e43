"""Shares by REST, on the page, by command and in admin: who may, and what each answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Membership, Organisation, User
from research.models import DailyPrice, Security
from tests.pricing.conftest import client_of  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

NewClient = Callable[..., APIClient]
SHARES = "symbol,name,sector,sub_sector\nACME,Acme Corp,Energy,Oil\nBOLT,Bolt Inc,Energy,Oil\n"


def test_a_file_comes_in_as_the_body_and_its_share_is_listed(client_of: NewClient) -> None:  # noqa: F811
    member = client_of("member")
    made = member.post("/api/market/securities?fileName=mine.csv", SHARES.encode(), content_type="text/csv")
    again = member.post("/api/market/securities", SHARES.encode(), content_type="text/csv")
    price = b"Date,Close\n2026-01-02,10\nx,1\n"
    prices = member.post("/api/market/prices?symbol=acme", price, content_type="text/csv")
    first = member.get("/api/market/securities?limit=1").json()
    second = member.get(f"/api/market/securities?limit=1&cursor={first['nextCursor']}").json()

    assert (made.status_code, again.status_code, again.json()["unchanged"]) == (201, 200, 2)
    assert prices.json() == {
        "kind": "prices", "rows": 2, "inserted": 1, "updated": 0, "unchanged": 0, "rejected": 1,
        "problems": [{"line": 3, "reason": "date must be a date such as 2026-01-31, not 'x'"}],
    }  # fmt: skip
    assert first["securities"][0] | {"name": "…"} == {
        "symbol": "ACME", "name": "…", "cik": None, "sic": None, "sector": "Energy", "subSector": "Oil",
        "currency": "USD", "source": "file", "firstYear": None, "lastYear": None, "figures": 0, "newestFiling": None,
        "prices": 1, "newestPrice": "2026-01-02",
    }  # fmt: skip
    assert (second["securities"][0]["symbol"], second["nextCursor"]) == ("BOLT", None)
    assert client_of("member", "globex").get("/api/market/securities").json()["count"] == 0
    assert client_of("member", "globex").get("/api/market/securities?tenantId=acme").json()["count"] == 0
    entry = AuditEntry.objects.filter(action="market.import", target_id="securities").order_by("pk").first()
    assert (entry.tenant_id, entry.details["fileName"], entry.details["inserted"]) == ("acme", "mine.csv", 2)


def test_a_body_that_is_no_such_file_is_refused_with_the_remedy(client_of: NewClient) -> None:  # noqa: F811
    answer = client_of("member").post("/api/market/prices", b"hello", content_type="text/csv")

    assert answer.status_code == 400
    assert "must name the columns date, close" in answer.json()["error"]["fields"]["body"]


@pytest.fixture
def ana(client: Client, redis_clean: Any) -> User:
    user = User.objects.create_user("ana@example.com")
    organisation = Organisation.objects.create(slug="acme", name="Acme")
    Membership.objects.create(user=user, organisation=organisation, role="member")
    client.force_login(user)
    return user


def upload(client: Client, tmp_path: Path, kind: str, content: str, **more: str) -> Any:
    path = tmp_path / "ACME.csv"
    path.write_text(content)
    with path.open("rb") as file:
        return client.post("/research/market/", {"kind": kind, "file": file, **more})


def test_the_page_takes_a_file_and_lists_what_is_known(client: Client, ana: User, tmp_path: Path) -> None:
    empty = client.get("/research/market/").content.decode()
    upload(client, tmp_path, "securities", SHARES)
    taken = upload(client, tmp_path, "prices", "Date,Close\n2026-01-02,10\nx,1\n")
    wrong = upload(client, tmp_path, "figures", "hello")
    found = client.get("/research/market/?q=bolt").content.decode()

    assert "No shares are known yet" in empty
    page = taken.content.decode()
    assert "2 rows read" in page
    assert "date must be a date such as 2026-01-31, not &#x27;x&#x27;" in page
    assert "2026-01-02" in page
    assert (wrong.status_code, "must name the columns symbol" in wrong.content.decode()) == (422, True)
    assert ("Bolt Inc" in found, "Acme Corp" in found) == (True, False)
    assert "Neither figures nor prices are known." in found


def test_a_viewer_sees_shares_and_imports_none(client: Client, ana: User, tmp_path: Path) -> None:
    Membership.objects.update(role="viewer")

    assert upload(client, tmp_path, "securities", SHARES).status_code == 403
    assert "upload-title" not in client.get("/research/market/").content.decode()
    assert not Security.objects.exists()


def test_the_sample_is_offered_where_it_is_on(client: Client, ana: User, settings: Any) -> None:
    settings.SAMPLE_SOURCES = False
    assert "bundled sample" not in client.get("/research/market/").content.decode()
    client.post("/research/market/sample/")
    assert not Security.objects.exists()

    settings.SAMPLE_SOURCES = True
    assert "Load the bundled sample" in client.get("/research/market/").content.decode()


def test_the_command_imports_and_prints_what_it_left_out(db: None, tmp_path: Path, capsys: Any) -> None:
    Organisation.objects.create(slug="acme", name="Acme")
    shares, prices = tmp_path / "shares.csv", tmp_path / "acme_us_d.csv"
    shares.write_text(SHARES)
    prices.write_text("Date,Open,High,Low,Close,Volume\n2026-01-02,1,1,1,10,5\n2026-01-05,1,1,1,0,5\n")

    call_command("import_market", "securities", str(shares), organisation="acme")
    call_command("import_market", "prices", str(prices), organisation="acme")
    said = capsys.readouterr()

    assert said.out.splitlines() == [
        "2 rows: 2 new, 0 updated, 0 unchanged, 0 rejected",
        "2 rows: 1 new, 0 updated, 0 unchanged, 1 rejected",
    ]
    assert said.err.splitlines() == ["line 3: the closing price must be greater than 0"]
    assert DailyPrice.objects.get().source == "file"
    with pytest.raises(CommandError, match="no organisation nobody"):
        call_command("import_market", "prices", str(prices), organisation="nobody")


def test_admin_shows_shares_to_look_at(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("root@example.com"))
    acme = Security.objects.create(
        tenant_id="acme", symbol="ACME", name="Acme", sector="Energy", sub_sector="Oil", source="file"
    )
    acme.prices.create(tenant_id="acme", date="2026-01-02", close="10", source="file")
    acme.figures.create(
        tenant_id="acme", tag="Assets", unit="USD", end="2025-12-31", value=7, filed_on="2026-02-20", source="file"
    )

    for name in ("security", "reportedfigure", "dailyprice"):
        listed = client.get(f"/admin/research/{name}/?q=acme")
        assert (listed.status_code, "ACME" in listed.content.decode()) == (200, True)
        assert client.get(f"/admin/research/{name}/add/").status_code == 403
