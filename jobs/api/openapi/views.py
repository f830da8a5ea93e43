"""GET /api/schema: what the API is, for programs; as JSON, or as YAML where Accept or `format` asks for it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.request import Request

from ..base import READ, ApiView, Need
from ..params import Params
from ..problems import Invalid
from .declaring import Media, choice, documented
from .routes import Generator

FORMATS = ("json", "yaml")
JSON_TYPE, YAML_TYPE = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"


class SchemaView(ApiView):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "This description of the API",
        about="OpenAPI 3.1, as YAML where `Accept` names `application/yaml` or `application/vnd.oai.openapi`.",
        query=[choice("format", FORMATS)],
        answers={
            200: (
                Media(type=JSON_TYPE, about="The schema.", schema={"type": "object"}),
                Media(type=YAML_TYPE, about="The schema.", schema={"type": "string"}),
            )
        },
    )
    def get(self, request: Request) -> HttpResponse:
        params = Params(request.query_params)
        wanted = params.text("format") or _accepted(request.headers.get("Accept", ""))
        if wanted not in FORMATS:
            raise Invalid({"format": f"must be one of {', '.join(FORMATS)}"})
        params.done()
        return HttpResponse(
            rendered(wanted), content_type=f"{JSON_TYPE if wanted == 'json' else YAML_TYPE}; charset=utf-8"
        )


def _accepted(header: str) -> str:
    """yaml where the caller names it before any JSON."""
    kinds = [kind.partition(";")[0].strip() for kind in header.lower().split(",")]
    named = [kind for kind in kinds if kind.endswith(("json", "yaml")) or kind == YAML_TYPE]
    return "yaml" if named and not named[0].endswith("json") else "json"


@cache
def rendered(wanted: str) -> bytes:
    """Made once for each process: neither routes nor types change while it runs."""
    schema = whole()
    if wanted == "yaml":
        found: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
        return found
    return json.dumps(schema, ensure_ascii=False, indent=1).encode()


def whole() -> dict[str, Any]:
    """The schema as it is now, made anew."""
    found: dict[str, Any] = Generator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found
