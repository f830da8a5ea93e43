"""The job types and schedules of this app; each is found by being imported here."""

from .enrichment import sources as sources
from .enrichment.business_job_type import enrich_business as enrich_business
from .enrichment.contact_job_type import enrich_contact as enrich_contact
from .enrichment.prospect_job_type import enrich_prospects as enrich_prospects
from .filings import daily as daily
from .filings import job_type as job_type
from .matching.job_type import match_companies as match_companies
from .scores import alert_mails as alert_mails
from .scores import health_job as health_job
from .scores import history_job as history_job
from .scores import lead_job as lead_job
from .scores import prospect_job as prospect_job
from .signals.buying_job_type import find_buying_signals as find_buying_signals
from .signals.job_type import receive_signal as receive_signal
from .transfers.job_type import import_rows as import_rows
