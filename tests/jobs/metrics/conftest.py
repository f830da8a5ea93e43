"""What the tests of numbers share with those of the API: clients by role, and types to run."""

from tests.jobs.api.conftest import acme, admin, anonymous, client_of, fresh_process, globex, member, types, viewer

__all__ = ["acme", "admin", "anonymous", "client_of", "fresh_process", "globex", "member", "types", "viewer"]
