"""The pages of prospects, research, pricing and reports."""

from ..rows import page

#: 302 for the anonymous: to the page where they sign in.
READERS = (302, 200, 200, 200, 200, 200)
OF_ACME = (302, 404, 200, 200, 200, 200)
#: What is asked by GET where only a POST does something: back to where its button is.
BACK = (302,) * 6
BACK_OF_ACME = (302, 404, 302, 302, 302, 302)
#: As BACK, where there is no such page.
NOTHING = (302, 404, 404, 404, 404, 404)
WRITERS = (302, 302, 403, 302, 302, 302)
WRITERS_OF_ACME = (302, 404, 403, 302, 302, 302)
WRONG = (302, 422, 403, 422, 422, 422)

PROSPECTS = (
    page("prospects-moved", "GET", "/prospects", (302,) * 6),
    page("prospects:index", "GET", "/prospects/", READERS),
    page("prospects:enrich", "GET", "/prospects/enrich", BACK),
    page("prospects:enrich", "POST", "/prospects/enrich", WRITERS),
    page("prospects:ingest", "GET", "/prospects/ingest", BACK),
    page("prospects:ingest", "POST", "/prospects/ingest", WRITERS),
    page("prospects:export", "GET", "/prospects/export.csv", READERS),
    page("prospects:companies-export", "GET", "/prospects/companies/export.csv", READERS),
    page("prospects:contacts-export", "GET", "/prospects/contacts/export.csv", READERS),
    page("prospects:imports", "GET", "/prospects/imports", READERS),
    page("prospects:imports", "POST", "/prospects/imports", WRONG),
    page("prospects:import-rejects", "GET", "/prospects/imports/{import}/rejected.csv", OF_ACME),
    page("prospects:import", "GET", "/prospects/imports/{import}", OF_ACME),
    page("prospects:import", "POST", "/prospects/imports/{import}", WRITERS_OF_ACME, action="drop"),
    page("prospects:views", "GET", "/prospects/views", NOTHING),
    page("prospects:views", "POST", "/prospects/views", WRITERS, page="prospects", name="New"),
    # Not shared: its owner's alone.
    page("prospects:view", "GET", "/prospects/views/{view}", (302, 404, 404, 302, 404, 404)),
    page("prospects:view", "POST", "/prospects/views/{view}", (302, 404, 403, 302, 404, 404), action="remove"),
    page("prospects:job", "GET", "/prospects/jobs/{job}", (302, 404, 404, 200, 200, 200)),
    page("prospects:companies", "GET", "/prospects/companies", READERS),
    page("prospects:company-add", "GET", "/prospects/companies/add", BACK),
    page("prospects:company-add", "POST", "/prospects/companies/add", WRITERS, key="new", name="New"),
    page("prospects:company", "GET", "/prospects/companies/{company}", OF_ACME),
    page("prospects:company-start", "GET", "/prospects/companies/{company}/start", BACK_OF_ACME),
    page(
        "prospects:company-start", "POST", "/prospects/companies/{company}/start", WRITERS_OF_ACME, action="portfolio"
    ),
    page("prospects:company-edit", "GET", "/prospects/companies/{company}/edit", OF_ACME),
    page("prospects:company-edit", "POST", "/prospects/companies/{company}/edit", WRITERS_OF_ACME, name="Gamma"),
    page("prospects:contacts", "GET", "/prospects/contacts", READERS),
    page("prospects:contact", "GET", "/prospects/contacts/{contact}", OF_ACME),
    page("prospects:contact-start", "GET", "/prospects/contacts/{contact}/start", BACK_OF_ACME),
    page("prospects:contact-start", "POST", "/prospects/contacts/{contact}/start", WRITERS_OF_ACME),
    page("prospects:matches", "GET", "/prospects/matches", READERS),
    page("prospects:match", "GET", "/prospects/matches/{match}", OF_ACME),
    page("prospects:match", "POST", "/prospects/matches/{match}", WRITERS_OF_ACME, verdict="confirm"),
    page("prospects:alerts", "GET", "/prospects/alerts", READERS),
    page("prospects:alert", "GET", "/prospects/alerts/{alert}", BACK_OF_ACME),
    page("prospects:alert", "POST", "/prospects/alerts/{alert}", WRITERS_OF_ACME),
    page("prospects:sources", "GET", "/prospects/sources", READERS),
    page("prospects:prospect", "GET", "/prospects/{prospect}", OF_ACME),
    page("prospects:prospect-start", "GET", "/prospects/{prospect}/start", BACK_OF_ACME),
    page("prospects:prospect-start", "POST", "/prospects/{prospect}/start", WRITERS_OF_ACME, action="rescore"),
)
RESEARCH = (
    page("research:index", "GET", "/research/", READERS),
    page("research:start", "GET", "/research/companies/{company}", NOTHING),
    page("research:start", "POST", "/research/companies/{company}", WRITERS_OF_ACME),
    page("research:market", "GET", "/research/market", READERS),
    page("research:market", "POST", "/research/market", WRONG),
    page("research:market-sample", "GET", "/research/market/sample", BACK),
    page("research:market-sample", "POST", "/research/market/sample", WRITERS),
    page("research:sectors", "GET", "/research/sectors", READERS),
    page("research:sectors", "POST", "/research/sectors", WRITERS, name="Energy"),
    page("research:sector", "GET", "/research/sectors/{sector}", OF_ACME),
    page("research:sector-cancel", "GET", "/research/sectors/{sector}/cancel", NOTHING),
    page("research:sector-cancel", "POST", "/research/sectors/{sector}/cancel", WRITERS_OF_ACME),
    page("research:sub-sector-decide", "GET", "/research/sub-sectors/{sub}/decide", NOTHING),
    page("research:sub-sector-decide", "POST", "/research/sub-sectors/{sub}/decide", WRITERS_OF_ACME, verdict="reject"),
    page("research:stock", "GET", "/research/stocks/{stock}", OF_ACME),
    page("research:stock-insights", "GET", "/research/stocks/{stock}.json", OF_ACME),
    page("research:stock-retry", "GET", "/research/stocks/{stock}/retry", NOTHING),
    page("research:stock-retry", "POST", "/research/stocks/{stock}/retry", WRITERS_OF_ACME),
    page("research:costs", "GET", "/research/costs", READERS),
    page("research:costs-export", "GET", "/research/costs/export.csv", READERS),
    page("research:report", "GET", "/research/{research}", OF_ACME),
    page("research:download", "GET", "/research/{research}.json", OF_ACME),
)
PRICING = (
    page("pricing-moved", "GET", "/pricing", (302,) * 6),
    page("pricing:index", "GET", "/pricing/", READERS),
    page("pricing:imports", "GET", "/pricing/imports", READERS),
    page("pricing:imports", "POST", "/pricing/imports", WRONG),
    page("pricing:import", "GET", "/pricing/imports/{value_import}", OF_ACME),
    page("pricing:import-problems", "GET", "/pricing/imports/{value_import}/rejected.csv", OF_ACME),
    page("pricing:upload", "GET", "/pricing/imports/uploads/{upload}", OF_ACME),
    page("pricing:upload", "POST", "/pricing/imports/uploads/{upload}", WRITERS_OF_ACME, action="drop"),
    page("pricing:series", "GET", "/pricing/series/{series}", OF_ACME),
    page("pricing:series-csv", "GET", "/pricing/series/{series}/values.csv", OF_ACME),
    page("pricing:series-chart", "GET", "/pricing/series/{series}/chart.json", OF_ACME),
    page("pricing:series-feed", "GET", "/pricing/series/{series}/feed", BACK_OF_ACME),
    page("pricing:series-feed", "POST", "/pricing/series/{series}/feed", WRITERS_OF_ACME, action="unsubscribe"),
    page("pricing:series-describe", "GET", "/pricing/series/{series}/describe", BACK_OF_ACME),
    page("pricing:series-describe", "POST", "/pricing/series/{series}/describe", WRITERS_OF_ACME, name="Oil"),
    page("pricing:contracts", "GET", "/pricing/contracts", READERS),
    page("pricing:contracts-csv", "GET", "/pricing/contracts.csv", READERS),
    page("pricing:contracts-json", "GET", "/pricing/contracts.json", READERS),
    page("pricing:contract", "GET", "/pricing/contracts/{contract}", OF_ACME),
    page("pricing:contract-json", "GET", "/pricing/contracts/{contract}/contract.json", OF_ACME),
    page("pricing:contract-add", "GET", "/pricing/add-contract", READERS),
    page("pricing:contract-add", "POST", "/pricing/add-contract", WRONG),
    page("pricing:contract-amend", "GET", "/pricing/contracts/{contract}/amend", OF_ACME),
    page("pricing:contract-amend", "POST", "/pricing/contracts/{contract}/amend", (302, 404, 403, 422, 422, 422)),
    page("pricing:batches", "GET", "/pricing/batches", READERS),
    page("pricing:batch-add", "GET", "/pricing/add-batch", READERS),
    page("pricing:batch-add", "POST", "/pricing/add-batch", WRONG),
    page("pricing:batch", "GET", "/pricing/batches/{price_batch}", OF_ACME),
    page("pricing:batch", "POST", "/pricing/batches/{price_batch}", WRITERS_OF_ACME),
    page("pricing:batch-csv", "GET", "/pricing/batches/{price_batch}/items.csv", OF_ACME),
    page("pricing:batch-json", "GET", "/pricing/batches/{price_batch}/batch.json", OF_ACME),
    page("pricing:calculation", "GET", "/pricing/calculations/{calculation}", OF_ACME),
    page("pricing:calculation-csv", "GET", "/pricing/calculations/{calculation}/items.csv", OF_ACME),
    page("pricing:calculation-repeat", "GET", "/pricing/calculations/{calculation}/repeat", BACK_OF_ACME),
    page("pricing:calculation-repeat", "POST", "/pricing/calculations/{calculation}/repeat", WRITERS_OF_ACME),
    page("pricing:calculation-report", "GET", "/pricing/calculations/{calculation}/report", BACK_OF_ACME),
    page(
        "pricing:calculation-report",
        "POST",
        "/pricing/calculations/{calculation}/report",
        WRITERS_OF_ACME,
        format="pdf",
    ),
    page("pricing:item", "GET", "/pricing/calculations/{calculation}/items/1", OF_ACME),
)
REPORTS = (
    page("reports-moved", "GET", "/reports", (302,) * 6),
    page("reports:index", "GET", "/reports/", READERS),
    page("reports:companies", "GET", "/reports/companies", READERS),
    page("reports:ask", "GET", "/reports/ask", NOTHING),
    page("reports:ask", "POST", "/reports/ask", WRITERS),
    page("reports:ask-prices", "GET", "/reports/ask-prices", NOTHING),
    page("reports:ask-prices", "POST", "/reports/ask-prices", WRITERS),
    page("reports:research-document", "GET", "/reports/research/{research}", OF_ACME),
    page("reports:research-document", "POST", "/reports/research/{research}", WRITERS_OF_ACME),
    page("reports:report", "GET", "/reports/{report}", OF_ACME),
    page("reports:json", "GET", "/reports/{report}.json", OF_ACME),
    page("reports:csv", "GET", "/reports/{report}.csv", OF_ACME),
)
ROWS = (*PROSPECTS, *RESEARCH, *PRICING, *REPORTS)
