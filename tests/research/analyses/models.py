"""A model behind both wire protocols, what it answers and what it was told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from providers.llm.anthropic_messages import AnthropicMessages
from providers.llm.openai_compatible import OpenAICompatible
from providers.llm.protocol import Backend
from research.analyses.rubric import CRITERIA
from tests.providers.llm.model_server import ModelServer, Reply

Make = Callable[[ModelServer], Backend]


def openai(server: ModelServer) -> Backend:
    return OpenAICompatible(base_url=f"{server.url}/v1", key="k", model="some/model")


def anthropic(server: ModelServer) -> Backend:
    return AnthropicMessages(base_url=server.url, key="k", model="some-model")


both = pytest.mark.parametrize("make", [openai, anthropic])


def answer(value: Any) -> Reply:
    return Reply(text=json.dumps(value))


def prompts(server: ModelServer) -> list[str]:
    """What the model was told beside the system's words."""
    return [asked["messages"][-1]["content"] for asked in server.asked]


def reviewed(*scores: int, missing: tuple[str, ...] = (), feedback: str = "Weigh the risks.") -> dict[str, Any]:
    keys = [one.key for one in CRITERIA]
    found = {key: {"reason": f"why {key}", "score": score} for key, score in zip(keys, scores, strict=True)}
    return {**found, "feedback": feedback, "missing": list(missing)}
