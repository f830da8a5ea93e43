"""The paths of the job layer. Each works with and without a trailing slash; words win over ids."""

from django.urls import URLPattern, re_path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.methods import GET, taking

from .base import ApiView
from .dead_letters import DeadLetterView
from .deploy_views import DeploysView
from .event_views import JobEventsView, NoticesView, QueueEventsView
from .health_views import HealthView, healthz, readyz
from .job_views import JobView
from .listing import QueueJobsView, SearchView
from .openapi.views import SchemaView
from .policy_views import PolicyHistoryView
from .problems import NotFound
from .prometheus_view import PrometheusView
from .queue_views import QueuesView, QueueView
from .schedule_views import SchedulesView, ScheduleView
from .statistics import MetricsView, StatsView
from .submitting import BatchView, JobsView, ShortcutView
from .webhook_messages import DeliveriesView, MessagesView, ResendView, TestView
from .webhook_views import CallbackSecretView, RotateView, WebhooksView, WebhookView
from .worker_views import WorkersView, WorkerView
from .workflow_views import BatchesView, WorkflowsView, WorkflowView
from .workflow_views import BatchView as OneBatchView

#: The alphabet of job ids; Django hands paths over with %3A decoded.
JOB_ID = r"(?P<job_id>[A-Za-z0-9_.:\-]{1,200})"
#: Host, process id and a few random characters; whatever RQ was told with --name.
WORKER = r"(?P<worker>[A-Za-z0-9_.:\-]{1,200})"
WEBHOOK = r"(?P<endpoint_id>[A-Za-z0-9_]{1,64})"
WORKFLOW_ID = r"(?P<workflow_id>[A-Za-z0-9_.:\-]{1,200})"
QUEUE = r"(?P<name>[A-Za-z0-9_\-]{1,64})"
SCHEDULE = r"(?P<name>[a-z0-9\-]{1,64})"


def _path(pattern: str, view: type[ApiView], *, name: str, **options: object) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", view.as_view(**options), name=name)


class UnknownPathView(ApiView):
    """Whatever else lies under /api/."""

    permission_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound("path")

    def get(self, request: Request) -> Response:
        raise NotFound("path")


urlpatterns = [
    re_path(r"^healthz/?\Z", taking(GET, healthz), name="healthz"),
    re_path(r"^readyz/?\Z", taking(GET, readyz), name="readyz"),
    _path("metrics", PrometheusView, name="prometheus"),
    _path("api/jobs", JobsView, name="jobs"),
    _path("api/jobs/ingestion", ShortcutView, type_name="ucc-ingestion", name="jobs-ingestion"),
    _path("api/jobs/enrichment", ShortcutView, type_name="data-enrichment", name="jobs-enrichment"),
    _path("api/jobs/health-scores", ShortcutView, type_name="health-scores", name="jobs-health-scores"),
    _path("api/jobs/batch", BatchView, name="jobs-batch"),
    _path("api/jobs/search", SearchView, name="jobs-search"),
    _path("api/jobs/metrics", MetricsView, name="jobs-metrics"),
    _path("api/jobs/queues/stats", StatsView, name="jobs-queue-stats"),
    _path(rf"api/jobs/queues/{QUEUE}", QueueJobsView, name="jobs-of-queue"),
    _path(rf"api/jobs/{JOB_ID}/events", JobEventsView, name="job-events"),
    _path(rf"api/jobs/{JOB_ID}", JobView, name="job"),
    _path("api/workflows", WorkflowsView, name="workflows"),
    _path(rf"api/workflows/{WORKFLOW_ID}", WorkflowView, name="workflow"),
    _path("api/batches", BatchesView, name="batches"),
    _path(rf"api/batches/{WORKFLOW_ID}", OneBatchView, name="batch"),
    _path("api/queues", QueuesView, name="queues"),
    _path(rf"api/queues/{QUEUE}/dead-letter", DeadLetterView, name="dead-letter"),
    _path(rf"api/queues/{QUEUE}/policy-history", PolicyHistoryView, name="policy-history"),
    _path(rf"api/queues/{QUEUE}/events", QueueEventsView, name="queue-events"),
    _path(rf"api/queues/{QUEUE}", QueueView, name="queue"),
    _path("api/events", NoticesView, name="notices"),
    _path("api/webhooks", WebhooksView, name="webhooks"),
    _path("api/webhooks/messages", MessagesView, name="webhook-messages"),
    _path("api/webhooks/deliveries", DeliveriesView, name="webhook-all-deliveries"),
    _path(r"api/webhooks/deliveries/(?P<delivery_id>[A-Za-z0-9_]{1,64})/resend", ResendView, name="webhook-resend"),
    _path("api/webhooks/callback-secret", CallbackSecretView, name="webhook-callback-secret"),
    _path(rf"api/webhooks/{WEBHOOK}", WebhookView, name="webhook"),
    _path(rf"api/webhooks/{WEBHOOK}/rotate-secret", RotateView, name="webhook-rotate-secret"),
    _path(rf"api/webhooks/{WEBHOOK}/test", TestView, name="webhook-test"),
    _path(rf"api/webhooks/{WEBHOOK}/deliveries", DeliveriesView, name="webhook-deliveries"),
    _path("api/schedules", SchedulesView, name="schedules"),
    _path(rf"api/schedules/{SCHEDULE}", ScheduleView, name="schedule"),
    _path("api/workers", WorkersView, name="workers"),
    _path(rf"api/workers/{WORKER}", WorkerView, name="worker"),
    _path("api/deploys", DeploysView, name="deploys"),
    _path("api/health", HealthView, name="health"),
    _path("api/schema", SchemaView, name="schema"),
]
