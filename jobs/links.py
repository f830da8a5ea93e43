"""Where a job and what belongs to it are shown, for the pages of all apps."""

from urllib.parse import urlencode

from django.urls import reverse


def job_url(public_id: str) -> str:
    """The job in the console, which only those see who may open that."""
    return reverse("console:job", args=[public_id])


def console_url(name: str, **query: str) -> str:
    """Another page of the console, such as `jobs` with `q="queue:research"`."""
    address = reverse(f"console:{name}")
    return f"{address}?{urlencode(query)}" if query else address
