"""/api/series: series, their values, and files of values in and out."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.utils import timezone
from pydantic import StringConstraints, with_config
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import TypedDict

from accounts import audit
from jobs.api.base import READ, WRITE, ApiView, Need
from jobs.api.openapi.declaring import TENANT, Media, Query, choice, day, documented, flag, integer, when
from jobs.api.openapi.declaring import text as query_text
from jobs.api.params import Params, fields_of
from jobs.api.problems import Conflict, Invalid, TooLarge
from jobs.api.tenants import tenant_of
from jobs.payloads import Payload, parse
from jobs.shapes.words import one_of

from ..calculation.numbers import plain, text
from ..contracts.inputs import Code, Unit
from ..ingestion.csv_file import COLUMNS, WrongFile
from ..ingestion.importing import import_values
from ..models import Frequency, Observation, Series, ValueImport
from . import shapes
from .bodies import with_tenant
from .paging import FOUND, PAGED, contains, of_tenant, one, page_of
from .resources import import_resource, series_resource, value_resource

#: Values of one CSV answer.
MOST_VALUES = 100_000


class SeriesInput(Payload):
    code: Code
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: Unit = ""
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    frequency: Annotated[str, StringConstraints(pattern=f"^({'|'.join(Frequency.values)})$")] = "irregular"


@with_config(extra="forbid")
class SeriesChange(TypedDict, total=False):
    """At least one of the fields."""

    name: Annotated[str, StringConstraints(max_length=200)]
    unit: Unit
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")]
    frequency: Annotated[str, one_of(Frequency.values)]


class SeriesListView(ApiView):
    """GET the series, POST a new one."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented("The series", about="The newest first.", query=FOUND, answers={200: shapes.SeriesPage})
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        found = _of(Series.objects.all(), of_tenant(self.caller, params)).filter(contains(params, "code", "name"))
        page = page_of(found, params)
        return Response(page.shown("series", [series_resource(row) for row in page.rows]))

    @documented(
        "Make a series",
        body=with_tenant(SeriesInput),
        answers={201: shapes.Series},
        conflicts=["code_in_use"],
        headers={"Location": "Of the series."},
        examples={"a price of copper": {"code": "LME:CU", "unit": "t", "currency": "USD", "frequency": "daily"}},
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, ("code", "name", "unit", "currency", "frequency", "tenantId"))
        tenant_id = tenant_of(self.caller, body.pop("tenantId", None))
        given = parse(SeriesInput, body)
        try:
            with transaction.atomic():
                made = Series.objects.create(tenant_id=tenant_id, **given.model_dump())
                self._audit("series.create", made, **body)
        except IntegrityError:
            raise Conflict("code_in_use", "There is a series of that code already.") from None
        made.refresh_from_db()
        return Response(series_resource(made), status=201, headers={"Location": f"/api/series/{made.code}"})

    def _audit(self, action: str, series: Series, **details: Any) -> None:
        audit.record(
            caller=self.caller,
            action=action,
            target_type="series",
            target_id=series.code,
            tenant_id=series.tenant_id,
            details=details,
            request_id=self.request_id,
        )


class SeriesView(SeriesListView):
    """GET one series, PATCH what it is called and how often it comes."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "PATCH": WRITE}

    @documented("One series", query=[TENANT], answers={200: shapes.Series})
    def get(self, request: Request, code: str) -> Response:  # type: ignore[override]
        return Response(series_resource(self._find(request, code)))

    @documented(
        "Change what a series is called and how often it comes",
        query=[TENANT],
        body=SeriesChange,
        answers={200: shapes.Series},
        examples={"monthly": {"frequency": "monthly"}},
    )
    def patch(self, request: Request, code: str) -> Response:
        body = fields_of(request.data, ("name", "unit", "currency", "frequency"))
        if not body:
            raise Invalid({"body": "must name name, unit, currency or frequency"})
        series = self._find(request, code)
        given = parse(SeriesInput, body | {"code": series.code}).model_dump(include=set(body))
        with transaction.atomic():
            Series.objects.filter(pk=series.pk).update(**given, updated_at=timezone.now())
            self._audit("series.change", series, **given)
        series.refresh_from_db()
        return Response(series_resource(series))

    def _find(self, request: Request, code: str) -> Series:
        params = Params(request.query_params)
        tenant_id = of_tenant(self.caller, params)
        params.done()
        found: Series = one(Series.objects.all(), tenant_id, "series", code=code)
        return found


class ValuesView(ApiView):
    """GET the values of a series: the newest revision of each date and version, or with history=true all."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The values of a series",
        about="The newest revision of each date and version, or with `history=true` all. As CSV the rows are in the "
        "layout that imports read, and `X-Next-Cursor` leads on.",
        query=[
            TENANT,
            choice("format", ("csv", "json")),
            day("from"),
            day("to"),
            query_text("versionTag"),
            when("asOf", "Only values that were published by then."),
            flag("history"),
            integer("limit", 100, least=1, most=MOST_VALUES, about="At most 1000 as JSON."),
            Query(name="cursor", schema={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d_\d{1,18}$"}),
        ],
        answers={200: (shapes.ValuesPage, Media(type="text/csv", about="Done."))},
        headers={"X-Next-Cursor": "Of CSV that goes on."},
    )
    def get(self, request: Request, code: str) -> Response | HttpResponse:
        params = Params(request.query_params)
        series = one(Series.objects.all(), of_tenant(self.caller, params), "series", code=code)
        as_csv = params.text("format") == "csv"
        found = _chosen_values(series, params)
        limit = params.integer("limit", MOST_VALUES if as_csv else 100, least=1, most=MOST_VALUES if as_csv else 1000)
        cursor = params.parsed("cursor", _position, "must be the nextCursor of the page before")
        params.done()
        if cursor:
            day, number = cursor
            found = found.filter(as_of_date__lte=day).exclude(as_of_date=day, pk__gte=number)
        rows = list(found.order_by("-as_of_date", "-pk")[: limit + 1])
        more = len(rows) > limit
        rows = rows[:limit]
        following = f"{rows[-1].as_of_date}_{rows[-1].pk}" if more else None
        if as_csv:
            return _csv(series, rows, following)
        shown = [value_resource(row) for row in rows]
        body = {"code": series.code, "limit": limit, "count": len(shown), "nextCursor": following, "values": shown}
        return Response(body)


class ImportView(ApiView):
    """POST a CSV file as the body: what it did, with every rejected row. GET the imports before."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented("The imports of values", about="The newest first.", query=PAGED, answers={200: shapes.ValueImports})
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        page = page_of(_of(ValueImport.objects.all(), of_tenant(self.caller, params)), params)
        return Response(page.shown("imports", [import_resource(row) for row in page.rows]))

    @documented(
        "Import a file of values",
        about="The body is the CSV itself, under any content type.",
        query=[TENANT, query_text("fileName", longest=300)],
        body=Media(type="text/csv", about="Lines of index values."),
        answers={200: shapes.ValueImport, 201: shapes.ValueImport},
    )
    def post(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = tenant_of(self.caller, params.text("tenantId"))
        name = params.text("fileName", longest=300) or "upload.csv"
        params.done()
        content = io.BytesIO(_body(request))
        try:
            done = import_values(file=content, file_name=name, tenant_id=tenant_id)
        except WrongFile as error:
            raise Invalid({"body": str(error)}) from None
        done.record.refresh_from_db()
        return Response(import_resource(done.record, repeated=done.repeated), status=200 if done.repeated else 201)


def _body(request: Request) -> bytes:
    from django.conf import settings

    limit: int = settings.MAX_JOB_PAYLOAD_BYTES
    body: bytes = request._request.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def _of(rows: QuerySet[Any], tenant_id: str | None) -> QuerySet[Any]:
    return rows.none() if tenant_id is None else rows.filter(tenant_id=tenant_id)


def _chosen_values(series: Series, params: Params) -> QuerySet[Observation]:
    found = series.observations.all()
    day = "must be an ISO date such as 2026-01-31"
    if start := params.parsed("from", date.fromisoformat, day):
        found = found.filter(as_of_date__gte=start)
    if end := params.parsed("to", date.fromisoformat, day):
        found = found.filter(as_of_date__lte=end)
    if tag := params.text("versionTag"):
        found = found.filter(version_tag=tag)
    if as_of := params.when("asOf"):
        found = found.filter(published_at__lte=as_of)
    if params.flag("history"):
        return found
    same = Observation.objects.filter(
        series=series, as_of_date=OuterRef("as_of_date"), version_tag=OuterRef("version_tag")
    )
    if as_of:
        same = same.filter(published_at__lte=as_of)
    newest = same.order_by("-revision").values("revision")[:1]
    return found.annotate(newest=Subquery(newest)).filter(revision=F("newest"))


def _position(cursor: str) -> tuple[date, int]:
    day, _, number = cursor.partition("_")
    return date.fromisoformat(day), int(number)


def _csv(series: Series, rows: list[Observation], following: str | None) -> HttpResponse:
    """In the layout that imports read."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        published = row.published_at.isoformat()
        value = text(plain(row.value))
        writer.writerow(
            [series.code, row.as_of_date, value, series.unit, series.currency, row.version_tag, published, row.source]
        )
    answer = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{series.code.replace(":", "-")}.csv"'
    if following:
        answer["X-Next-Cursor"] = following
    return answer
