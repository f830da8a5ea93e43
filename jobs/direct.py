"""Running a job in the process that enqueued it, where USE_QUEUE_PROCESSING is off."""

from . import dispatch, execution
from .policy import policy_of


def run_here(key: int, queue: str) -> bool:
    """Run a stored job now. False where it is not due, held back, or somebody else's by now."""
    if policy_of(queue).gated:
        dispatch.gate(queue)
    return execution.run(key)
