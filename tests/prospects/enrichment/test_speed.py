"""How long a batch takes; by itself, for the clock is what is asked."""

import logging
import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from jobs.testing import run_job
from prospects.models import Fact, Lookup, Prospect
from tests.providers.servers import Sources

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.survival]

MOST_SECONDS = 5.0


def seconds_allowed() -> float:
    """On a machine that others use as well, so much longer as there is more work than it has cores."""
    return MOST_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_fifty_prospects_and_four_fast_sources_take_five_seconds_at_most(
    new_prospects: Callable[..., list[Prospect]], source: Sources, redis_clean: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="werkzeug")
    source("osha").answers("/get/OSHA/inspection/json", json={"data": []})
    source("usaspending").answers("/api/v2/search/spending_by_award/", json={"results": [], "page_metadata": {}})
    source("uspto").answers("/api/v1/patent/applications/search", status=404)
    source("wikidata").answers("/sparql", json={"results": {"bindings": []}})
    ids = [str(row.public_id) for row in new_prospects(50)]

    begun, computed = time.monotonic(), time.process_time()
    job = run_job("data-enrichment", {"prospectIds": ids, "tenantId": "acme"})
    seconds, computed = time.monotonic() - begun, time.process_time() - computed

    assert job.result == {"successful": 50, "failed": 0, "skipped": 0, "errors": []}
    assert Lookup.objects.filter(outcome="empty").count() == 200
    assert Fact.objects.filter(provider="ucc").count() == 100
    assert seconds <= seconds_allowed(), f"{seconds:.1f} s, of which this process computed {computed:.1f} s"
