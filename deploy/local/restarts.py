"""When a dead child is started again, and when its parent gives up: pure arithmetic."""

from dataclasses import dataclass, field

#: A child that dies this many times within this many seconds will not get better by itself.
DEATHS = 5
WITHIN_SECONDS = 60.0
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0


@dataclass
class Restarts:
    """One child's deaths, in seconds of a monotonic clock."""

    deaths: list[float] = field(default_factory=list)

    def delay_after_death(self, at: float) -> float | None:
        """Seconds to wait before the next start, doubling with each recent death; None: give up."""
        self.deaths = [death for death in self.deaths if at - death < WITHIN_SECONDS] + [at]
        if len(self.deaths) >= DEATHS:
            return None
        delay = FIRST_DELAY_SECONDS * 2.0 ** (len(self.deaths) - 1)
        return float(min(delay, LONGEST_DELAY_SECONDS))
