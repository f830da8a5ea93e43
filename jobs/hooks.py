"""Where other apps tell the job layer what it cannot import: settings that name a callable of theirs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


class Circuit(IntEnum):
    """State of a provider's circuit breaker, as the number that the metrics show."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


def provider_circuits() -> Mapping[str, Circuit]:
    """Provider name to circuit; empty until PROVIDER_CIRCUITS names `() -> Mapping[str, int]`."""
    states = _call("PROVIDER_CIRCUITS") or {}
    return {name: Circuit(state) for name, state in states.items()}


def provider_problems() -> Iterable[tuple[str, str]]:
    """(provider, sentence with the remedy) of each provider that lacks what it needs to be used.

    Empty until PROVIDER_PROBLEMS names `() -> Iterable[tuple[str, str]]`.
    """
    return list(_call("PROVIDER_PROBLEMS") or ())


def model_counters() -> Iterable[tuple[str, str, Sequence[str], Mapping[tuple[str, ...], float]]]:
    """(name, description, names of the labels, value by labels) of what language models used.

    Empty until MODEL_METRICS names `() -> Iterable` of those.
    """
    return list(_call("MODEL_METRICS") or ())


def cleanups() -> Mapping[str, Callable[[], object]]:
    """What apps want run every hour to forget what is old: by path, what CLEANUPS names. Each is safe to repeat."""
    return {path: import_string(path) for path in settings.CLEANUPS}


def system_problems() -> Iterable[tuple[str, str]]:
    """(what this machine lacks, the remedy), of what apps need of the system and Python cannot install.

    Empty until SYSTEM_PROBLEMS names `() -> Iterable[tuple[str, str]]`.
    """
    return list(_call("SYSTEM_PROBLEMS") or ())


def _call(setting: str) -> Any:
    path: str = getattr(settings, setting, "")
    if not path:
        return None
    answer: Callable[[], Any] = import_string(path)
    return answer()
