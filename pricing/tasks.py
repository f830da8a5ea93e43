"""The job types of pricing, found by autodiscovery."""

from .ingestion.job_type import ingest_index_values

__all__ = ["ingest_index_values"]
