"""A row's little chart: SVG paths, drawn by the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..rollups.reading import Point

WIDTH, HEIGHT = 120, 24
#: Fewer jobs a step than this fill the height only in part: one job is no peak.
LEAST_PEAK = 4


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """Bars of finished jobs, the failed ones below. `label` says the same in words."""

    completed: str
    failed: str
    label: str
    width: int = WIDTH
    height: int = HEIGHT

    @classmethod
    def of(cls, points: Sequence[Point]) -> "Sparkline":
        peak = max(LEAST_PEAK, *(point.finished for point in points))
        step = WIDTH / len(points)
        completed, failed = [], []
        for at, point in enumerate(points):
            low = HEIGHT * point.failed / peak
            if point.failed:
                failed.append(_bar(at * step, HEIGHT, max(low, 1.5), step))
            if point.completed:
                completed.append(_bar(at * step, HEIGHT - low, max(HEIGHT * point.completed / peak, 1), step))
        done, bad = sum(point.completed for point in points), sum(point.failed for point in points)
        return cls(completed="".join(completed), failed="".join(failed), label=f"{done} completed, {bad} failed")


def _bar(x: float, bottom: float, height: float, step: float) -> str:
    return f"M{x:.1f} {bottom:.1f}v-{height:.1f}h{step - 0.4:.1f}v{height:.1f}z"
