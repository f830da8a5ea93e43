"""The demonstration set: each app that has something to show says so in its module `demo`.

    @demo_part
    def load(*, tenant_id: str) -> Loaded: ...

The command load_demo runs the parts in the order in which settings list the apps, so that a part finds the rows of
the apps below its own. A part adds what is missing and nothing else: the second run must find everything there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a part has to say.

    said: lines for who runs the command. examples: by job type, data with which one job can be enqueued now and
    completes; a part gives examples of its own app's types alone.
    """

    said: Sequence[str] = ()
    examples: Mapping[str, dict[str, Any]] = field(default_factory=dict)


class Part(Protocol):
    def __call__(self, *, tenant_id: str) -> Loaded: ...


_parts: dict[str, Part] = {}


def demo_part(load: Callable[..., Loaded]) -> Callable[..., Loaded]:
    """Declare a part. One per module: declaring it anew replaces it."""
    _parts[load.__module__] = load
    return load


def load_parts(*, tenant_id: str) -> Loaded:
    """Run every part. Raises ValueError where two give an example of one job type."""
    said: list[str] = []
    examples: dict[str, dict[str, Any]] = {}
    for load in _in_order():
        loaded = load(tenant_id=tenant_id)
        twice = examples.keys() & loaded.examples.keys()
        if twice:
            raise ValueError(f"Two parts of the demonstration set give an example of {', '.join(sorted(twice))}.")
        said += loaded.said
        examples |= loaded.examples
    return Loaded(said=said, examples=examples)


def _in_order() -> Iterator[Part]:
    autodiscover_modules("demo")
    names = [config.name for config in apps.get_app_configs()]
    yield from (_parts[module] for module in sorted(_parts, key=lambda module: names.index(_app_of(module))))


def _app_of(module: str) -> str:
    config = apps.get_containing_app_config(module)
    if config is None:
        raise ValueError(f"{module} declares a part of the demonstration set, but is in no installed app.")
    return config.name
