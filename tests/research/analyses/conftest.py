"""A server that plays the model."""

from collections.abc import Iterator

import pytest

from tests.providers.llm.model_server import ModelServer, running


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as state:
        yield state
