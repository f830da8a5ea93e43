"""The words of workflows: what a failed dependency means, how workflows end."""

from enum import StrEnum

from ..states import TERMINAL

FAIL, CONTINUE = "fail", "continue"
ON_FAILURE = (FAIL, CONTINUE)
#: A job that was deleted before it ended.
REMOVED = "removed"
#: How a job that others follow can end.
ENDS = [*sorted(str(status) for status in TERMINAL), REMOVED]
#: Error codes of jobs that ended because of what they depend on; they come back when that does.
FAILED_CODE, CANCELLED_CODE = "dependency_failed", "dependency_cancelled"


class Kind(StrEnum):
    WORKFLOW = "workflow"
    BATCH = "batch"


class WorkflowStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = [str(status) for status in WorkflowStatus if status is not WorkflowStatus.RUNNING]
