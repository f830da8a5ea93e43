"""What the job layer works for: sources, scores, research, reports."""

from pathlib import Path

from .. import env
from ..model_settings import read_model
from ..source_settings import read_feeds, read_live_sources, read_sources
from .web import QUARRY_HOME

# --- Sources --------------------------------------------------------------------------------------
#: Address, key and limit of each source, by its name in providers/catalogue.py.
PROVIDERS = read_sources()
#: Sources that may be called. Nothing goes out to any other.
LIVE_SOURCES = read_live_sources()
#: Whether the bundled, labelled samples answer where no live source does.
SAMPLE_SOURCES = env.flag("QUARRY_SAMPLE_SOURCES", default=False)
#: Feeds in whose headlines companies are looked for.
RSS_FEEDS = read_feeds()
#: Seconds until a source must take the connection, send its next bytes, and have answered in full.
PROVIDER_CONNECT_TIMEOUT = env.number("PROVIDER_CONNECT_TIMEOUT", 5, least=0.1)
PROVIDER_READ_TIMEOUT = env.number("PROVIDER_READ_TIMEOUT", 20, least=0.1)
PROVIDER_TOTAL_TIMEOUT = env.number("PROVIDER_TOTAL_TIMEOUT", 30, least=0.1)
#: Seconds that a call waits for its turn at most, where a source's limit is used up.
PROVIDER_LIMIT_WAIT = env.number("PROVIDER_LIMIT_WAIT", 30)
#: Failures in a row after which a source is left alone, and for how many seconds.
PROVIDER_CIRCUIT_FAILURES = env.integer("PROVIDER_CIRCUIT_FAILURES", 5, least=1)
PROVIDER_CIRCUIT_SECONDS = env.number("PROVIDER_CIRCUIT_SECONDS", 60, least=1)
#: Packed size in MiB of the answers that are kept to be given again.
PROVIDER_CACHE_MB = env.integer("PROVIDER_CACHE_MB", 256, least=1)
#: Largest answer in MiB, unpacked.
PROVIDER_ANSWER_MB = env.integer("PROVIDER_ANSWER_MB", 64, least=1)
#: Whether feeds may be read from loopback, link-local and private addresses.
PROVIDER_ALLOW_PRIVATE = env.flag("PROVIDER_ALLOW_PRIVATE", default=False)
#: What the job layer shows of sources; see jobs/hooks.py.
PROVIDER_PROBLEMS = "providers.readiness.problems"
PROVIDER_CIRCUITS = "providers.http.circuits.states"
MODEL_METRICS = "providers.llm.metrics.counters"
#: What forgets old rows, once an hour; see jobs/hooks.py.
CLEANUPS = ["providers.llm.months.forget_old_calls", "research.quota.forget_old_units"]
#: `sample` serves the bundled, labelled sample to every state; `files` reads the inbox only.
UCC_SOURCE = env.choice("QUARRY_UCC_SOURCE", "files", ("files", "sample"))
#: One folder per state, such as TX/, holding the files to ingest.
UCC_INBOX = Path(env.text("UCC_INBOX", str(QUARRY_HOME / "inbox" / "ucc")))
#: Names in Texas bulk files beside those of the layout, to the field that each one means.
UCC_TEXAS_FIELDS = env.names("UCC_TEXAS_FIELDS")
#: Places of fields in Florida's tax lien files that differ from those of providers/ucc/florida.py.
UCC_FLORIDA_PLACES = env.names("UCC_FLORIDA_PLACES")
#: Largest filing file that admin takes; a larger one is put into the inbox by hand.
UCC_UPLOAD_MAX_BYTES = env.integer("UCC_UPLOAD_MAX_MB", 512, least=1) * 1024 * 1024
#: Whose filings they are: organisations by their slug. Empty: of the only organisation, if there is just one.
UCC_TENANTS = env.words("UCC_TENANTS")
#: Days that open registers are read back where a job names no start date.
UCC_LIVE_DAYS = env.integer("UCC_LIVE_DAYS", 90, least=1)
UCC_STATES = env.words("UCC_STATES", ["NY", "CA", "TX", "FL", "IL", "PA", "OH", "GA", "NC", "MI"])

# --- Scores ---------------------------------------------------------------------------------------
#: A lead score younger than this is taken again unless something new is known of the company.
LEAD_SCORE_REUSE_SECONDS = env.integer("LEAD_SCORE_REUSE_SECONDS", 3600)
#: A health score older than this is computed anew.
HEALTH_SCORE_HOURS = env.integer("HEALTH_SCORE_HOURS", 12, least=1)
#: Of lead and health scores older than this, one a month is kept.
SCORE_HISTORY_DAYS = env.integer("SCORE_HISTORY_DAYS", 90, least=31)

# --- Research -------------------------------------------------------------------------------------
#: Who writes texts: rules, or a language model.
LANGUAGE_MODEL = read_model()
#: US dollars a month that an organisation may spend on models; None for no limit. Admin sets others.
LLM_MONTHLY_BUDGET_USD = env.optional_money("LLM_MONTHLY_BUDGET_USD")
#: Days that single questions to models are kept; the sums of their months stay. Two months at least, for budgets.
LLM_CALL_DAYS = env.integer("LLM_CALL_DAYS", 400, least=62)
#: Hours for which a complete research answers the next request for the same company; 0: never.
RESEARCH_REUSE_HOURS = env.number("RESEARCH_REUSE_HOURS", 24, least=0)

# --- Reports --------------------------------------------------------------------------------------
#: Days that the files of reports are kept; 0 keeps them for ever. What a page shows stays.
REPORT_FILE_DAYS = env.integer("REPORT_FILE_DAYS", 0)
#: Pages that a PDF of price derivations may have, about; CSV and JSON have no bound.
REPORT_PDF_PAGES = env.integer("REPORT_PDF_PAGES", 150, least=5)
#: What the doctor says of this machine; see jobs/hooks.py.
SYSTEM_PROBLEMS = "reports.rendering.pdf.system_problems"
