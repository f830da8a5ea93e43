"""The API of prospects, research, pricing and reports."""

from tests.pricing.market import golden_json

from ..rows import api
from .jobs_api import EVERYBODY, OF_ACME, WRITERS

DECIDERS = (401, 404, 403, 200, 200, 200)
ACCEPTED = (401, 404, 403, 202, 202, 202)
BAD_BODY = (401, 404, 403, 400, 400, 400)

AMENDMENT = {
    "effectiveFrom": "2027-01-01",
    "terms": golden_json(),
    "lines": [{"code": "L1", "basePrice": "1000.00", "quantity": "500"}],
}

PROSPECTS = (
    api("api-prospects", "GET", "/api/prospects", EVERYBODY),
    api("api-prospect", "GET", "/api/prospects/{prospect}", OF_ACME),
    api("api-companies", "GET", "/api/companies", EVERYBODY),
    api("api-company", "GET", "/api/companies/{company_key}", OF_ACME),
    api("api-imports", "GET", "/api/imports", EVERYBODY),
    api("api-imports", "POST", "/api/imports", WRITERS, nonsense=True),
    api("api-import", "GET", "/api/imports/{import}", OF_ACME),
    api("api-import", "POST", "/api/imports/{import}", BAD_BODY, nonsense=True),
    api("api-import", "DELETE", "/api/imports/{import}", (401, 404, 403, 204, 204, 204)),
)
RESEARCH = (
    api("market-securities", "GET", "/api/market/securities", EVERYBODY),
    api("market-securities", "POST", "/api/market/securities", WRITERS),
    api("market-prices", "POST", "/api/market/prices", WRITERS),
    api("market-figures", "POST", "/api/market/figures", WRITERS),
    api("research-of-company", "GET", "/api/research/{company_key}", OF_ACME),
    api("research-of-company", "POST", "/api/research/{company_key}", ACCEPTED),
    api("api-sectors", "GET", "/api/sectors", EVERYBODY),
    api("api-sectors", "POST", "/api/sectors", WRITERS, nonsense=True),
    api("api-sector", "GET", "/api/sectors/{sector}", OF_ACME),
    api("api-sector-cancel", "POST", "/api/sectors/{sector}/cancel", ACCEPTED),
    api("api-sub-sector", "GET", "/api/sub-sectors/{sub}", OF_ACME),
    api("api-sub-sector-approve", "POST", "/api/sub-sectors/{sub}/approve", ACCEPTED),
    api("api-sub-sector-reject", "POST", "/api/sub-sectors/{sub}/reject", DECIDERS),
    api("api-stock-analysis", "GET", "/api/stock-analyses/{analysis}", OF_ACME),
    api("api-stock-analysis-retry", "POST", "/api/stock-analyses/{analysis}/retry", ACCEPTED),
    api("api-insights-schema", "GET", "/api/insights/schema", EVERYBODY),
    api("api-insights", "GET", "/api/insights/{insights}", OF_ACME),
)
PRICING = (
    api("series-list", "GET", "/api/series", EVERYBODY),
    api("series-list", "POST", "/api/series", WRITERS, nonsense=True),
    api("series-import", "GET", "/api/series/import", EVERYBODY),
    api("series-import", "POST", "/api/series/import", WRITERS, nonsense=True),
    api("series", "GET", "/api/series/{series}", OF_ACME),
    api("series", "PATCH", "/api/series/{series}", DECIDERS, name="Oil"),
    api("series-values", "GET", "/api/series/{series}/values", OF_ACME),
    api("contracts", "GET", "/api/contracts", EVERYBODY),
    api("contracts", "POST", "/api/contracts", WRITERS, nonsense=True),
    api("contract", "GET", "/api/contracts/{contract}", OF_ACME),
    api("contract-versions", "POST", "/api/contracts/{contract}/versions", (401, 404, 403, 201, 201, 201), **AMENDMENT),
    api("contract-version", "GET", "/api/contracts/{contract}/versions/1", OF_ACME),
    api("pricing-batches", "GET", "/api/pricing/batches", EVERYBODY),
    api("pricing-batches", "POST", "/api/pricing/batches", WRITERS, nonsense=True),
    api("pricing-batch", "GET", "/api/pricing/batches/{price_batch}", OF_ACME),
    api("calculations", "GET", "/api/calculations", EVERYBODY),
    api("calculation", "GET", "/api/calculations/{calculation}", OF_ACME),
    api("calculation-item", "GET", "/api/calculations/{calculation}/items/1", OF_ACME),
)
REPORTS = (
    api("api-reports", "GET", "/api/reports", EVERYBODY),
    api("api-reports", "POST", "/api/reports", WRITERS, nonsense=True),
    api("api-report", "GET", "/api/reports/{report}", OF_ACME),
    api("api-report-download", "GET", "/api/reports/{report}/download", OF_ACME),
    api("api-report", "DELETE", "/api/reports/{report}", DECIDERS),
)
ROWS = (*PROSPECTS, *RESEARCH, *PRICING, *REPORTS)
