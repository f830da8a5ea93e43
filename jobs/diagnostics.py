"""Job types that misbehave on request, for the survival tests. Registered with QUARRY_DIAGNOSTICS=1 only."""

import ctypes
import time
from typing import Annotated

from django.conf import settings
from pydantic import Field

from . import errors
from .errors import ErrorClass, JobError
from .models import DiagnosticEffect
from .payloads import Payload
from .registry import job_type
from .running import RunningJob

Milliseconds = Annotated[int, Field(ge=0, le=86_400_000)]


class Noop(Payload):
    pass


class Sleep(Payload):
    ms: Milliseconds


class Effect(Payload):
    key: Annotated[str, Field(min_length=1, max_length=200)]
    ms: Milliseconds = 0


class Fail(Payload):
    error_class: str = "UNKNOWN"
    times: Annotated[int, Field(ge=0, le=1000)] = 1000
    retry_after: Annotated[float, Field(ge=0, le=86_400)] | None = None


class Progress(Payload):
    steps: Annotated[int, Field(ge=1, le=10_000)]
    ms: Milliseconds = 0


class Allocate(Payload):
    mb: Annotated[int, Field(ge=0, le=1_000_000)]


def noop(payload: Noop, job: RunningJob) -> None:
    return None


def sleep(payload: Sleep, job: RunningJob) -> dict[str, int]:
    job.sleep(payload.ms / 1000)
    return {"sleptMs": payload.ms}


def effect(payload: Effect, job: RunningJob) -> dict[str, str]:
    job.sleep(payload.ms / 1000)
    with job.completes({"key": payload.key}):
        DiagnosticEffect.objects.create(job_id=job.key, public_id=job.id, attempt=job.attempts_made, key=payload.key)
    return {"key": payload.key}


def fail(payload: Fail, job: RunningJob) -> dict[str, int]:
    """Fails in its first `times` attempts, with the class asked for."""
    if job.attempts_made > payload.times:
        return {"attempts": job.attempts_made}
    error = JobError(f"asked to fail, attempt {job.attempts_made}", retry_after=payload.retry_after)
    try:
        error.error_class = ErrorClass(payload.error_class)
    except ValueError:
        raise errors.InvalidInput(
            f"errorClass must be one of {', '.join(ErrorClass)}, not {payload.error_class!r}"
        ) from None
    error.code = str(error.error_class).lower()
    raise error


def progress(payload: Progress, job: RunningJob) -> dict[str, int]:
    for step in range(payload.steps + 1):
        job.progress(step * 100 // payload.steps, f"step {step} of {payload.steps}")
        job.sleep(payload.ms / 1000)
    return {"steps": payload.steps}


def segfault(payload: Noop, job: RunningJob) -> None:
    ctypes.string_at(0)


def allocate(payload: Allocate, job: RunningJob) -> dict[str, int]:
    held = []
    for _ in range(payload.mb):
        held.append(b"\x01" * 2**20)
        job.check()
    return {"mb": len(held)}


def spin(payload: Sleep, job: RunningJob) -> dict[str, int]:
    """Burns a core without ever asking whether to stop."""
    end = time.monotonic() + payload.ms / 1000
    rounds = 0
    while time.monotonic() < end:
        rounds += 1
    return {"rounds": rounds}


def register() -> None:
    for name, payload, handler in (
        ("diag-noop", Noop, noop),
        ("diag-sleep", Sleep, sleep),
        ("diag-effect", Effect, effect),
        ("diag-fail", Fail, fail),
        ("diag-progress", Progress, progress),
        ("diag-segfault", Noop, segfault),
        ("diag-allocate", Allocate, allocate),
        ("diag-spin", Sleep, spin),
    ):
        job_type(name, payload=payload, queue="default", any_queue=True)(handler)


if settings.DIAGNOSTICS:
    register()
