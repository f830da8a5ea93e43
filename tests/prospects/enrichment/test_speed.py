"""A whole batch of enrichments against sources that answer at once."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from jobs.testing import run_job
from prospects.models import Fact, Lookup, Prospect
from tests.providers.servers import Sources

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_prospects_are_asked_about_at_four_sources_in_one_job(
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
    # What docs/benchmarks.md quotes: printed and not demanded, since a busy machine takes twice as long.
    print(f"50 enrichments: {seconds:.1f} s, of which this process computed {computed:.1f} s")  # noqa: T201
