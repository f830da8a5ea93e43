"""Which language model writes, from the environment."""

from django.core.exceptions import ImproperlyConfigured

from providers.llm.settings import BASE_URLS, ModelSettings

from . import env
from .source_settings import call_limit


def read_model() -> ModelSettings:
    """Rules where nothing is set; with a base URL or a key, the chat-completions protocol unless told otherwise."""
    base_url, key = env.text("LLM_BASE_URL").rstrip("/"), env.text("LLM_API_KEY")
    backend = env.choice("LLM_BACKEND", "openai" if base_url or key else "analyst", ("analyst", "openai", "anthropic"))
    model = env.text("LLM_MODEL")
    if backend != "analyst" and not model:
        raise ImproperlyConfigured(f"LLM_BACKEND={backend} needs LLM_MODEL, the name of the model to ask.")
    if backend == "anthropic" and not key:
        raise ImproperlyConfigured("LLM_BACKEND=anthropic needs LLM_API_KEY.")
    return ModelSettings(
        backend=backend,
        base_url=base_url or BASE_URLS.get(backend, ""),
        key=key,
        model=model,
        judge_model=env.text("LLM_JUDGE_MODEL"),
        total_seconds=float(env.number("LLM_TIMEOUT", 120, least=1)),
        limit=call_limit("LLM_LIMIT", None),
    )
