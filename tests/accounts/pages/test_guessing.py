"""Guessed passwords are counted and stopped, without keeping the owner out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Tries
from accounts.pages import known, limits

from .browsing import PASSWORD, try_password

pytestmark = pytest.mark.django_db


def test_guessing_one_account_from_one_address_is_stopped_even_with_the_right_password(ana):
    for _ in range(limits.ACCOUNT.most):
        assert try_password("nonsense").status_code == 422

    refused = try_password(PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert "Too many tries" in refused.content.decode()
    assert try_password(PASSWORD, address="198.51.100.1").status_code == 302


def test_one_password_on_many_accounts_is_stopped_by_address(ana, monkeypatch):
    monkeypatch.setattr(limits, "ADDRESS", replace(limits.ADDRESS, most=6))
    for number in range(6):
        try_password("nonsense", email=f"user{number}@example.com")

    assert try_password(PASSWORD).status_code == 429


def guess_from_everywhere(number: int = limits.ANYWHERE.most) -> list[int]:
    return [try_password("nonsense", address=f"198.51.100.{last}").status_code for last in range(number)]


def test_guessing_one_account_from_many_addresses_is_stopped_for_all_who_are_strangers_to_it(ana):
    assert set(guess_from_everywhere()) == {422}

    refused = try_password(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert try_password("nonsense", email="bob@example.com").status_code == 422


def test_strangers_cannot_keep_the_owner_out_of_a_browser_that_was_used_before(ana):
    home = Client(REMOTE_ADDR="203.0.113.7")
    home.post("/sign-in/", {"username": "Ana@example.com", "password": PASSWORD})
    home.post("/sign-out/")
    guess_from_everywhere(limits.ANYWHERE.most + 1)

    assert try_password(PASSWORD).status_code == 429
    assert home.post("/sign-in/", {"username": "ana@example.com", "password": PASSWORD}).status_code == 302


def test_a_browser_is_known_to_the_account_that_used_it_and_forged_cookies_to_none(ana, person):
    person("bob@example.com", acme="member")
    home = Client(REMOTE_ADDR="203.0.113.7")
    home.post("/sign-in/", {"username": "ana@example.com", "password": PASSWORD})
    home.post("/sign-out/")
    for last in range(limits.ANYWHERE.most):
        try_password("nonsense", email="bob@example.com", address=f"198.51.100.{last}")
    forged = Client(REMOTE_ADDR="203.0.113.8")
    forged.cookies[known.COOKIE] = known._digest("bob@example.com") + ":1:x"

    for browser in (home, forged):
        assert browser.post("/sign-in/", {"username": "bob@example.com", "password": "x"}).status_code == 429


def test_a_right_password_forgives_the_wrong_ones_before(ana):
    for _ in range(limits.ACCOUNT.most - 1):
        try_password("nonsense")

    assert try_password(PASSWORD).status_code == 302
    assert [try_password("nonsense").status_code for _ in range(limits.ACCOUNT.most)] == [422] * limits.ACCOUNT.most


def test_the_limit_ends_with_its_window(ana):
    for _ in range(limits.ACCOUNT.most + 1):
        try_password("nonsense")
    Tries.objects.update(since=timezone.now() - limits.ACCOUNT.window)

    assert try_password(PASSWORD).status_code == 302


def test_neither_addresses_nor_accounts_are_stored(ana):
    try_password("nonsense")

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM accounts_tries t")
        stored = cursor.fetchone()[0]
    assert "ana" not in stored
    assert "203.0.113" not in stored


def test_old_counts_are_dropped_in_passing(ana):
    try_password("nonsense", email="bob@example.com")
    Tries.objects.update(since=timezone.now() - timedelta(days=2))

    try_password(PASSWORD)

    assert Tries.objects.count() == 2, "only the counts of now, of the address and of the account from anywhere"


def test_behind_a_proxy_the_address_it_saw_counts(ana, settings, rf):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})

    assert limits.address_of(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert limits.address_of(request) == "203.0.113.7"


def test_addresses_of_one_ipv6_network_count_together(rf):
    one, other = (rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{last}") for last in ("1", "ffff"))

    assert limits.address_of(one) == limits.address_of(other) == "2001:db8:1:2::/64"
