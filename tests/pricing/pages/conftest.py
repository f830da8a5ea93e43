"""Viewers of every role."""

from tests.prospects.pages.conftest import NewViewer, viewer

__all__ = ["NewViewer", "viewer"]
