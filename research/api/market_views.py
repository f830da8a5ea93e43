"""/api/market: securities and what is known of each, and files of securities, prices and figures in."""

import io
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.base import READ, WRITE, ApiView, Need
from jobs.api.openapi.declaring import TENANT, Media, documented, integer, text
from jobs.api.params import Params
from jobs.api.problems import Invalid, TooLarge
from jobs.api.tenants import tenant_of

from ..market.importing.importing import Imported, Kind, import_file
from ..market.importing.rows import WrongFile
from ..market.overview import KnownShare, known_of
from ..models import Security
from . import shapes

MOST_LISTED = 200


class ImportView(ApiView):
    """POST a file as the body: what it did, with the rows that were left out and why."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE}
    kind: Kind

    @documented(
        "Import a file",
        about="The body is the file itself, under any content type. 200 where it changed nothing.",
        query=[TENANT, text("fileName", longest=300), text("symbol", "Of a file that does not name it.", longest=20)],
        body=Media(type="text/csv", about="The file."),
        answers={200: shapes.MarketImport, 201: shapes.MarketImport},
    )
    def post(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = tenant_of(self.caller, params.text("tenantId"))
        name = params.text("fileName", longest=300) or f"{self.kind.value}.csv"
        symbol = params.text("symbol", longest=20) or ""
        params.done()
        try:
            done = import_file(
                kind=self.kind,
                file=io.BytesIO(_body(request)),
                file_name=name,
                tenant_id=tenant_id,
                symbol=symbol,
                by=self.caller,
                request_id=self.request_id,
            )
        except WrongFile as error:
            raise Invalid({"body": str(error)}) from None
        return Response(import_resource(done), status=201 if done.inserted or done.updated else 200)


class PricesView(ImportView):
    kind = Kind.PRICES


class FiguresView(ImportView):
    kind = Kind.FIGURES


class SecuritiesView(ImportView):
    """GET the shares that are known, by symbol; `q`, `sector`, `limit` and `cursor` choose."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}
    kind = Kind.SECURITIES

    @documented(
        "The shares that are known",
        about="By symbol.",
        query=[
            TENANT,
            text("q"),
            text("sector"),
            integer("limit", 50, least=1, most=MOST_LISTED),
            text("cursor", "The `nextCursor` of the page before."),
        ],
        answers={200: shapes.Securities},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        named = params.text("tenantId")
        tenant_id = self.caller.tenant_id or "" if named is None else named
        text, sector = params.text("q") or "", params.text("sector")
        limit = params.integer("limit", 50, least=1, most=MOST_LISTED)
        cursor = params.text("cursor") or ""
        params.done()
        found = Security.objects.filter(tenant_id=tenant_id, symbol__gt=cursor).filter(_holding(text, sector))
        if not self._may_see(named):
            found = found.none()
        rows = list(found.order_by("symbol")[: limit + 1])
        shown = [security_resource(one) for one in known_of(rows[:limit])]
        following = rows[limit - 1].symbol if len(rows) > limit else None
        return Response({"limit": limit, "count": len(shown), "nextCursor": following, "securities": shown})

    def _may_see(self, named: str | None) -> bool:
        return named is None or self.caller.may_use_tenant(named)


def import_resource(done: Imported) -> dict[str, Any]:
    return {
        "kind": done.kind.value,
        "rows": done.rows,
        "inserted": done.inserted,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
        "problems": [{"line": one.line, "reason": one.reason} for one in done.problems],
    }


def security_resource(known: KnownShare) -> dict[str, Any]:
    security = known.security
    return {
        "symbol": security.symbol,
        "name": security.name,
        "cik": security.cik or None,
        "sic": security.sic or None,
        "sector": security.sector,
        "subSector": security.sub_sector,
        "currency": security.currency,
        "source": security.source,
        "firstYear": known.years[0] if known.years else None,
        "lastYear": known.years[1] if known.years else None,
        "figures": known.figures,
        "newestFiling": known.filed_on and known.filed_on.isoformat(),
        "prices": known.prices,
        "newestPrice": known.last_price and known.last_price.isoformat(),
    }


def _holding(text: str, sector: str | None) -> Q:
    holding = Q(symbol__istartswith=text) | Q(name__icontains=text) | Q(sub_sector__icontains=text) if text else Q()
    return holding & Q(sector__iexact=sector) if sector else holding


def _body(request: Request) -> bytes:
    limit: int = settings.MAX_IMPORT_BYTES
    body: bytes = request._request.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(limit)
    return body
