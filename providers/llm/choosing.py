"""The backend that the settings choose."""

from functools import cache

from django.conf import settings

from .analyst import Analyst
from .anthropic_messages import AnthropicMessages
from .openai_compatible import OpenAICompatible
from .protocol import Backend
from .settings import ModelSettings
from .timeouts import Timeouts


def chosen_backend() -> Backend:
    return _made(settings.LANGUAGE_MODEL)


@cache
def _made(chosen: ModelSettings) -> Backend:
    if chosen.backend == "analyst":
        return Analyst()
    timeouts = Timeouts(total=chosen.total_seconds, between=min(60.0, chosen.total_seconds))
    kind = OpenAICompatible if chosen.backend == "openai" else AnthropicMessages
    return kind(base_url=chosen.base_url, key=chosen.key, model=chosen.model, timeouts=timeouts)
