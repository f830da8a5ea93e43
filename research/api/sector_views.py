"""/api/sectors, /api/sub-sectors, /api/stock-analyses, /api/insights."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from pydantic import Field, with_config
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import TypedDict

from jobs.api.base import READ, WRITE, WRITE_OWNED, ApiView, Need
from jobs.api.openapi.declaring import choice, cursor, documented, flag, integer
from jobs.api.params import Params, fields_of
from jobs.api.problems import Conflict, Invalid, NotFound
from jobs.api.submitting import Submitting
from jobs.direct import run_here
from jobs.shapes.requests import Empty

from ..analyses import insights as formatting
from ..models import Insights, SectorAnalysis, StockAnalysis, SubSector
from ..sectors import decisions
from ..sectors.decisions import NotAllowed, NotPossible
from ..sectors.tree import sub_sector_node, tree_of
from . import sector_resources as shown
from . import shapes

LIMIT, MOST = 50, 500
LONGEST_NAME = 100
#: Codes of a decision that the state forbids.
DECISIONS = ("conflict", "rejected", "sector_cancelled", "precondition_failed")
T = TypeVar("T")
Row = TypeVar("Row", bound=models.Model)


@with_config(extra="forbid")
class NewSector(TypedDict):
    sectorName: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]


@with_config(extra="forbid")
class Approval(TypedDict, total=False):
    force: bool


class _Deciding(Submitting):
    """Counted like submissions, for decisions store jobs."""

    def find(self, rows: models.QuerySet[Row], public_id: str, what: str) -> Row:
        """The organisation's row. Raises NotFound, the same for what does not exist and for what is not theirs."""
        found = rows.filter(tenant_id=self.caller.tenant_id or "", public_id=public_id).first()
        if found is None:
            raise NotFound(what)
        return found

    def decided(self, decide: Callable[[], T]) -> T:
        try:
            return decide()
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from None
        except NotPossible as error:
            raise Conflict(error.code, str(error)) from None

    def run_at_once(self, key: int, queue: str) -> None:
        """Where queues are off, a request does its job itself."""
        if not settings.USE_QUEUE_PROCESSING:
            run_here(key, queue)


class SectorsView(_Deciding):
    """GET the sectors, the newest first; POST begins one."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented(
        "The sectors",
        about="The newest first.",
        query=[choice("status", SectorAnalysis.Status.values), integer("limit", LIMIT, least=1, most=MOST), cursor()],
        answers={200: shapes.Sectors},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        limit = params.integer("limit", LIMIT, least=1, most=MOST)
        after = params.parsed("cursor", int, "must be the nextCursor of the page before")
        status = params.text("status")
        if status is not None and status not in SectorAnalysis.Status.values:
            params.problems["status"] = f"must be one of {', '.join(SectorAnalysis.Status.values)}"
        params.done()
        mine = SectorAnalysis.objects.defer("exchanges").filter(tenant_id=self.caller.tenant_id or "")
        rows = mine.filter(**({"pk__lt": after} if after else {}), **({"status": status} if status else {}))
        found = list(rows.order_by("-pk")[: limit + 1])
        more = str(found[limit - 1].pk) if len(found) > limit else None
        page = [shown.sector_resource(one) for one in found[:limit]]
        return Response({"sectors": page, "count": len(page), "hasMore": more is not None, "nextCursor": more})

    @documented(
        "Begin a sector",
        body=NewSector,
        answers={202: shapes.StartedSector},
        headers={"Location": "Of the sector."},
        examples={"a sector": {"sectorName": "Energy"}},
    )
    def post(self, request: Request) -> Response:
        name = _name(fields_of(request.data, ("sectorName",)))
        begun = decisions.start(name=name, by=self.caller, request_id=self.request_id)
        self.run_at_once(begun.job.key, begun.job.queue)
        begun.sector.refresh_from_db()
        body = {"sector": shown.sector_resource(begun.sector), "job": shown.whole_job(begun.job.key)}
        return Response(body, status=202, headers=_at(f"/api/sectors/{begun.sector.public_id}"))


class SectorView(_Deciding):
    """GET the whole tree with its jobs and progress."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One sector with all that hangs on it", answers={200: shapes.SectorTree})
    def get(self, request: Request, sector_id: str) -> Response:
        sector = self.find(SectorAnalysis.objects.defer("exchanges"), sector_id, "sector")
        tree = tree_of(sector)
        return Response(shown.tree_resource(tree), headers={} if sector.finished_at else {"Retry-After": "2"})


class CancelView(_Deciding):
    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE_OWNED}

    @documented(
        "Cancel a sector", body=Empty, body_required=False, answers={202: shapes.SectorTree}, conflicts=DECISIONS
    )
    def post(self, request: Request, sector_id: str) -> Response:
        _refuse_fields(request)
        sector = self.find(SectorAnalysis.objects.all(), sector_id, "sector")
        self.decided(lambda: decisions.cancel(sector=sector, by=self.caller, request_id=self.request_id))
        return Response(shown.tree_resource(tree_of(SectorAnalysis.objects.get(pk=sector.pk))), status=202)


class SubSectorView(_Deciding):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One sub-sector with its shares", answers={200: shapes.WholeSubSector})
    def get(self, request: Request, sub_sector_id: str) -> Response:
        found = self.find(SubSector.objects.defer("exchanges").select_related("sector"), sub_sector_id, "sub-sector")
        return Response({**shown.sub_sector_resource(sub_sector_node(found)), "sectorId": found.sector.public_id})


class ApproveView(_Deciding):
    """`force` in the body or the query approves what was rejected."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE_OWNED}

    @documented(
        "Approve a sub-sector",
        about="Its shares are ranked next. 200 where it was approved before.",
        query=[flag("force", "Approves what was rejected.")],
        body=Approval,
        body_required=False,
        answers={200: shapes.ApprovedSubSector, 202: shapes.ApprovedSubSector},
        conflicts=DECISIONS,
        headers={"Location": "Of the sub-sector."},
    )
    def post(self, request: Request, sub_sector_id: str) -> Response:
        force = _force(request)
        found = self.find(SubSector.objects.select_related("sector"), sub_sector_id, "sub-sector")
        done = self.decided(
            lambda: decisions.approve(sub_sector=found, by=self.caller, force=force, request_id=self.request_id)
        )
        if done.job is not None and not done.repeated:
            self.run_at_once(done.job.pk, done.job.queue)
        body = {
            "subSector": shown.plain_sub_sector(SubSector.objects.get(pk=found.pk)),
            "job": shown.whole_job(done.job.pk) if done.job else None,
        }
        return Response(body, status=200 if done.repeated else 202, headers=_at(f"/api/sub-sectors/{sub_sector_id}"))


class RejectView(_Deciding):
    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE_OWNED}

    @documented(
        "Reject a sub-sector",
        body=Empty,
        body_required=False,
        answers={200: shapes.RejectedSubSector},
        conflicts=DECISIONS,
    )
    def post(self, request: Request, sub_sector_id: str) -> Response:
        _refuse_fields(request)
        found = self.find(SubSector.objects.select_related("sector"), sub_sector_id, "sub-sector")
        self.decided(lambda: decisions.reject(sub_sector=found, by=self.caller, request_id=self.request_id))
        return Response({"subSector": shown.plain_sub_sector(SubSector.objects.get(pk=found.pk))})


class StockAnalysisView(_Deciding):
    """GET one attempt: facts, content, verdict, insights."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One analysis: facts, content, verdict, insights", answers={200: shapes.WholeStockAnalysis})
    def get(self, request: Request, analysis_id: str) -> Response:
        rows = StockAnalysis.objects.select_related("stock__sub_sector__sector", "review", "insights")
        return Response(shown.analysis_resource(self.find(rows, analysis_id, "stock analysis")))


class RetryView(_Deciding):
    """POST begins the stock's next variation by hand."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE_OWNED}

    @documented(
        "Begin a share's next variation",
        body=Empty,
        body_required=False,
        answers={202: shapes.RetriedAnalysis},
        conflicts=DECISIONS,
        headers={"Location": "Of the analysis."},
    )
    def post(self, request: Request, analysis_id: str) -> Response:
        _refuse_fields(request)
        found = self.find(StockAnalysis.objects.select_related("stock__sub_sector"), analysis_id, "stock analysis")
        done = self.decided(
            lambda: decisions.retry_analysis(analysis=found, by=self.caller, request_id=self.request_id)
        )
        self.run_at_once(done.job.key, done.job.queue)
        rows = StockAnalysis.objects.select_related("stock__sub_sector__sector", "review", "insights")
        analysis = shown.analysis_resource(rows.get(pk=done.analysis.pk))
        body = {"stockAnalysis": analysis, "job": shown.whole_job(done.job.key)}
        return Response(body, status=202, headers=_at(f"/api/stock-analyses/{done.analysis.public_id}"))


class InsightsView(_Deciding):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("An approved analysis as data", answers={200: shapes.Insights})
    def get(self, request: Request, insights_id: str) -> Response:
        found = self.find(Insights.objects.select_related("analysis"), insights_id, "insights")
        return Response(shown.insights_resource(found))


class InsightsSchemaView(ApiView):
    """GET the JSON schema that all insights are valid by."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("The JSON schema of all insights", answers={200: dict[str, Any]})
    def get(self, request: Request) -> Response:
        return Response(formatting.schema())


def _name(body: Mapping[str, Any]) -> str:
    name = body.get("sectorName")
    if name is None:
        raise Invalid({"sectorName": "is required"})
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Invalid({"sectorName": f"must be a text of 1 to {LONGEST_NAME} characters, such as Energy"})
    return name


def _force(request: Request) -> bool:
    params = Params(request.query_params)
    asked = params.flag("force")
    params.done()
    given = fields_of(request.data or {}, ("force",)).get("force", False)
    if not isinstance(given, bool):
        raise Invalid({"force": "must be true or false"})
    return asked or given


def _refuse_fields(request: Request) -> None:
    body = request.data or {}
    if not isinstance(body, Mapping):
        raise Invalid({"body": "must be an object without fields, or empty"})
    if body:
        raise Invalid({str(name): "is not known here; this takes no fields" for name in body})


def _at(path: str) -> dict[str, str]:
    return {"Location": path}
