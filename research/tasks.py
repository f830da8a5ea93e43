"""Job types of this app, for the registry."""

from .company.job_type import research_company

__all__ = ["research_company"]
