"""The backend that the settings choose, for the job that asks."""

from dataclasses import replace
from functools import cache

from django.conf import settings

from .accounting import Accounted
from .analyst import Analyst
from .anthropic_messages import AnthropicMessages
from .limited import Limited
from .openai_compatible import OpenAICompatible
from .protocol import Backend
from .settings import ModelSettings
from .timeouts import Timeouts


def backend_for(*, tenant_id: str, job_id: str, most_seconds: float | None = None) -> Backend:
    """Rules as they are; a model behind the shared limit and circuit, and booked to the organisation.

    most_seconds: for jobs with little time. No answer takes longer, and none waits for the limit.
    """
    chosen: ModelSettings = settings.LANGUAGE_MODEL
    if most_seconds is None:
        return _backend(chosen, tenant_id=tenant_id, job_id=job_id)
    quick = replace(chosen, total_seconds=min(most_seconds, chosen.total_seconds))
    return _backend(quick, tenant_id=tenant_id, job_id=job_id, wait_seconds=0.0)


def judge_backend_for(*, tenant_id: str, job_id: str) -> Backend:
    """As `backend_for`, with the model that judges what another one wrote, where LLM_JUDGE_MODEL names one."""
    chosen: ModelSettings = settings.LANGUAGE_MODEL
    judge = replace(chosen, model=chosen.judge_model) if chosen.judge_model else chosen
    return _backend(judge, tenant_id=tenant_id, job_id=job_id)


def _backend(chosen: ModelSettings, *, tenant_id: str, job_id: str, wait_seconds: float | None = None) -> Backend:
    if chosen.backend == "analyst":
        return Analyst()
    longest = _timeouts(chosen).longest
    limited = Limited(backend=_made(chosen), limit=chosen.limit, longest_seconds=longest, wait_seconds=wait_seconds)
    return Accounted(backend=limited, model=chosen.model, tenant_id=tenant_id, job_id=job_id)


@cache
def _made(chosen: ModelSettings) -> Backend:
    kind = OpenAICompatible if chosen.backend == "openai" else AnthropicMessages
    return kind(base_url=chosen.base_url, key=chosen.key, model=chosen.model, timeouts=_timeouts(chosen))


def _timeouts(chosen: ModelSettings) -> Timeouts:
    return Timeouts(total=chosen.total_seconds, between=min(60.0, chosen.total_seconds))
