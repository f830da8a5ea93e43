"""GET /api/prospects, /api/prospects/{id}, /api/companies, /api/companies/{id}."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.base import READ, ApiView, Need
from jobs.api.openapi.declaring import Query, choice, documented, integer, text
from jobs.api.params import Params
from jobs.api.problems import Invalid, NotFound
from providers.ucc.states import STATES

from ..lists import companies, prospects
from ..lists.keyset import BadCursor, Cursor, best_first
from ..models import Company, Prospect
from ..models.base import Source
from . import resources, shapes

LIMIT, MOST = 50, 500
PAGED = (
    integer("limit", LIMIT, least=1, most=MOST),
    Query(
        name="cursor",
        schema={"type": "string", "pattern": r"^(\d{1,3}(\.\d{1,2})?|none)-\d{1,18}$"},
        about="The `nextCursor` of the page before.",
    ),
)


def _score(name: str) -> Query:
    return Query(name=name, schema={"type": "number", "minimum": 0, "maximum": 100})


class ProspectsView(ApiView):
    """Filters are those of the page: q, state, secured, source, least, most, matched, stale."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The prospects",
        about="The best score first.",
        query=[
            text("q", "Words of the name."),
            choice("state", STATES, "Two letters."),
            choice("secured", prospects.CLASSES),
            choice("source", Source.values),
            _score("least"),
            _score("most"),
            choice("matched", ("yes", "no")),
            choice("stale", ("yes", "no")),
            *PAGED,
        ],
        answers={200: shapes.Prospects},
    )
    def get(self, request: Request) -> Response:
        limit, after = _paging(request)
        query, problems = prospects.parse(request.query_params.dict())
        if problems:
            raise Invalid(problems)
        page, _ = prospects.page_of(query, tenant_id=self.caller.tenant_id or "", after=after, size=limit)
        return _answer("prospects", resources.prospects(page.rows), page.next)


class ProspectView(ApiView):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One prospect with its score's factors, facts and lookups", answers={200: shapes.WholeProspect})
    def get(self, request: Request, prospect_id: str) -> Response:
        mine = Prospect.objects.filter(tenant_id=self.caller.tenant_id or "")
        found = mine.filter(public_id=prospect_id).first()
        if found is None:
            raise NotFound("prospect")
        return Response(resources.whole_prospect(found))


class CompaniesView(ApiView):
    """Filters are those of the page: q, portfolio, tier, grade."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The companies",
        about="The best lead first.",
        query=[
            text("q", "How the name begins, or the whole id or domain."),
            choice("portfolio", ("yes",)),
            choice("tier", companies.TIERS),
            choice("grade", companies.GRADES),
            *PAGED,
        ],
        answers={200: shapes.Companies},
    )
    def get(self, request: Request) -> Response:
        limit, after = _paging(request)
        query, problems = companies.parse(request.query_params.dict())
        if problems:
            raise Invalid(problems)
        found = companies.find(query, tenant_id=self.caller.tenant_id or "")
        page = best_first(found, by="lead_score", after=after, size=limit)
        return _answer("companies", [resources.company(one) for one in page.rows], page.next)


class CompanyView(ApiView):
    """By the company's id, which may hold any character; a slash in it is sent as it is."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One company with its scores, signals and facts", answers={200: shapes.WholeCompany})
    def get(self, request: Request, key: str) -> Response:
        found = Company.objects.filter(tenant_id=self.caller.tenant_id or "", key=key).first()
        if found is None:
            raise NotFound("company")
        return Response(resources.whole_company(found))


def _paging(request: Request) -> tuple[int, Cursor | None]:
    params = Params(request.query_params)
    limit = params.integer("limit", LIMIT, least=1, most=MOST)
    word, after = params.text("cursor", longest=60), None
    try:
        after = Cursor.parse(word) if word else None
    except BadCursor as error:
        params.problems["cursor"] = str(error)
    params.done()
    return limit, after


def _answer(name: str, rows: list[dict[str, Any]], after: Cursor | None) -> Response:
    cursor = None if after is None else str(after)
    return Response({name: rows, "count": len(rows), "hasMore": after is not None, "nextCursor": cursor})
