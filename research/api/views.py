"""POST asks for a research, GET shows the newest that is complete."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import with_config
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import TypedDict

from accounts.callers import Caller
from accounts.quotas import QuotaExceeded, QuotaState
from jobs.api.base import READ, WRITE, Need
from jobs.api.openapi.declaring import choice, documented, flag, text
from jobs.api.params import Params, fields_of
from jobs.api.problems import NotFound, Throttled
from jobs.api.submitting import SUBMITTED, Submitting
from jobs.handle import JobHandle
from jobs.shapes.job import ResearchJob
from jobs.shapes.requests import JobOptions, Priority
from jobs.submission import PRIORITY_NAMES
from prospects.models import Company

from .. import quota
from ..company.storing import newest_complete
from ..requesting import job_id_for
from . import shapes
from .resource import research_resource


@with_config(extra="forbid")
class ResearchRequest(TypedDict, total=False):
    forceRefresh: bool
    domain: str
    priority: Priority
    options: JobOptions


class QuotaUsedUp(Throttled):
    """The month's research requests are used up. The next month helps."""

    code = "quota_exceeded"

    def __init__(self, error: QuotaExceeded) -> None:
        super().__init__(str(error), retry_after=error.retry_after)
        self.more = {"quota": quota.shown(error.state)}


class ResearchView(Submitting):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    _quota: QuotaState | None = None

    @documented("The newest complete research about a company", answers={200: shapes.Research})
    def get(self, request: Request, company_key: str) -> Response:
        research = newest_complete(company_of(self.caller, company_key))
        if research is None:
            raise NotFound("research")
        return Response(research_resource(research))

    @documented(
        "Ask for a research about a company",
        about="Takes one unit of the caller's monthly quota. 200 where queues are off: then it has ended.",
        query=[flag("forceRefresh"), text("domain"), choice("priority", PRIORITY_NAMES)],
        body=ResearchRequest,
        body_required=False,
        answers={200: ResearchJob, 202: ResearchJob},
        conflicts=["job_id_in_use", "precondition_failed"],
        headers=SUBMITTED,
        examples={"anew": {"forceRefresh": True, "priority": "high"}},
    )
    def post(self, request: Request, company_key: str) -> Response:
        company = company_of(self.caller, company_key)
        asked = _asked(request)
        options = asked.pop("options", None)
        data: dict[str, Any] = {
            **asked,
            "companyId": company.key,
            "companyName": company.name or company.key,
        }
        try:
            answer = self.submit("research", data, options, own_id=job_id_for(company))
        except QuotaExceeded as error:
            raise QuotaUsedUp(error) from None
        answer.data["quota"] = quota.shown(self._quota or quota.counted(self.caller))
        return answer

    def stored(self, handle: JobHandle) -> None:
        """The unit and the job are one: a refused job takes no unit."""
        self._quota = None if handle.duplicate else quota.take(self.caller, handle.id)


def company_of(caller: Caller, key: str) -> Company:
    """The company of the caller's organisation. Raises NotFound."""
    company = Company.objects.filter(tenant_id=caller.tenant_id or "", key=key).only("tenant_id", "key", "name").first()
    if company is None:
        raise NotFound("company")
    return company


def _asked(request: Request) -> dict[str, Any]:
    """Fields of the body or of the query; the body's win."""
    names = ("forceRefresh", "domain", "priority", "options")
    params = Params(request.query_params)
    query: dict[str, Any] = {name: value for name in names[1:] if (value := params.text(name)) is not None}
    if params.has("forceRefresh"):
        query["forceRefresh"] = params.flag("forceRefresh")
    params.done()
    return query | fields_of(request.data or {}, (*names, "force_refresh"))
