"""Clients by role and test types, as the API's tests have them."""

from tests.jobs.api.conftest import acme, admin, client_of, fresh_process, types

__all__ = ["acme", "admin", "client_of", "fresh_process", "types"]
