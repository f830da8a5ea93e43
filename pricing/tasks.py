"""The job types of pricing, found by autodiscovery."""

from .calculating.job_type import calculate
from .ingestion.job_type import ingest_index_values

__all__ = ["calculate", "ingest_index_values"]
