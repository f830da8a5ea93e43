"""What the queues did over time: counts and histograms per queue and type, by minute and by hour."""

from .reading import Point, series, series_by_queue, totals

__all__ = ["Point", "series", "series_by_queue", "totals"]
