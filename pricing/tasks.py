"""The job types of pricing, found by autodiscovery."""

from .calculating.job_type import calculate
from .calculating.repeat_job import repeat_calculation
from .ingestion.fetch_job import fetch_every_series, fetch_index_values
from .ingestion.job_type import ingest_index_values
from .ingestion.upload_job import import_upload

__all__ = [
    "calculate",
    "fetch_every_series",
    "fetch_index_values",
    "import_upload",
    "ingest_index_values",
    "repeat_calculation",
]
