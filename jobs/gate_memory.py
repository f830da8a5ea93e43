"""What this process remembers of gated queues, so that enqueueing on a full one costs no pass of the gate.

A job that this memory passes over is not forgotten: the workers' tick decides about every queue with work,
twice a second, and asks no memory. Where no worker lives there is no tick, and nobody who could start the job.
"""

import threading
from dataclasses import dataclass

from .ledger.ready import Full
from .policy import QueuePolicy, StartLimit

#: A burst of single enqueues on a gated queue is decided together.
PAUSE_SECONDS = 0.05
#: How long a full queue is believed to be full. A start may come free earlier than its window says, where
#: somebody cancels a job that holds a permit.
BELIEVED_SECONDS = 5.0


@dataclass(frozen=True)
class _Belief:
    limit: StartLimit | None
    until: float
    lowest: int | None

    def rules_out(self, priority: int | None, at: float) -> bool:
        """Whether nothing may start. A higher priority takes a permit over that no start has used yet."""
        takes_over = priority is not None and self.lowest is not None and priority > self.lowest
        return at < self.until and not takes_over


_passes: dict[str, float] = {}
_full: dict[str, _Belief] = {}
_lock = threading.Lock()


def worth_a_pass(rules: QueuePolicy, *, priority: int | None, at: float) -> bool:
    """Whether a pass might start something; if so, the next callers hear False for a moment.

    priority: the highest of the jobs that are new; None where only starts may have come free. at: monotonic.
    """
    with _lock:
        if at - _passes.get(rules.name, float("-inf")) < PAUSE_SECONDS:
            return False
        belief = _full.get(rules.name)
        if belief is not None and belief.limit == rules.start_limit and belief.rules_out(priority, at):
            return False
        _passes[rules.name] = at
        return True


def note(rules: QueuePolicy, full: Full | None, *, at: float) -> None:
    """Keep what a pass that began at `at` (monotonic) has found."""
    with _lock:
        if full is None:
            _full.pop(rules.name, None)
        else:
            until = at + min(full.free_in.total_seconds(), BELIEVED_SECONDS)
            _full[rules.name] = _Belief(rules.start_limit, until, full.lowest)


def forget() -> None:
    """As if this process had just started; for tests."""
    with _lock:
        _passes.clear()
        _full.clear()
