"""Somebody of Acme who looks, in a role."""

import pytest
from django.test import Client

from tests.viewers import NewViewer as NewViewer
from tests.viewers import viewer as viewer


@pytest.fixture
def ana(viewer: NewViewer) -> Client:
    """A member."""
    return viewer()
