"""Addresses of other pages of the console, where these exist."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def job_url(public_id: str) -> str | None:
    try:
        return reverse("console:job", args=[public_id])
    except NoReverseMatch:
        return None


def page_url(name: str, **query: str) -> str | None:
    try:
        address = reverse(f"console:{name}")
    except NoReverseMatch:
        return None
    return f"{address}?{urlencode(query)}" if query else address
