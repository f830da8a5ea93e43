"""What the environment says of language models."""

from dataclasses import dataclass, field

from ..catalogue import Limit

#: Where no LLM_BASE_URL is set.
BASE_URLS = {"openai": "https://openrouter.ai/api/v1", "anthropic": "https://api.anthropic.com"}


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """backend: analyst, openai or anthropic. judge_model: of the judge; empty for the same as the author's.

    total_seconds: that one answer may take.
    """

    backend: str
    base_url: str = ""
    #: Never shown: settings are printed in many places.
    key: str = field(default="", repr=False)
    model: str = ""
    judge_model: str = ""
    total_seconds: float = 120
    limit: Limit | None = None
