"""Viewers of every role."""

from tests.viewers import NewViewer, viewer

__all__ = ["NewViewer", "viewer"]
