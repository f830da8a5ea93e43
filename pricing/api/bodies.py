"""Bodies of the API that name their organisation beside what a payload takes."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.plumbing import ComponentRegistry

from jobs.api.openapi.components import fields_of_model, register
from jobs.payloads import Payload


def with_tenant(model: type[Payload]) -> Callable[[Any, ComponentRegistry], dict[str, Any]]:
    """The payload's schema with `tenantId`."""

    def schema(view: Any, registry: ComponentRegistry) -> dict[str, Any]:
        found = fields_of_model(model, registry)
        found["properties"]["tenantId"] = {"type": "string"}
        return register(f"{model.__name__.removesuffix('Input')}Request", found, registry)

    return schema
