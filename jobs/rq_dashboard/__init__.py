"""RQ's own dashboard over the ledger: who may open it, what its registries show, what its buttons do."""

from .pages import replace_admin_pages, urls

__all__ = ["replace_admin_pages", "urls"]
