"""The histograms' buckets: four per doubling from 5 ms on, so that a percentile is right within 9 %.

The SQL function jobs_bucket computes the same numbers; a test compares the two.
"""

import math
from collections.abc import Mapping

FIRST_MS = 5.0
PER_DOUBLING = 4
#: The last bucket takes everything above 15 days.
LAST = 112

Histogram = Mapping[int, int]


def bucket_of(ms: float) -> int:
    """The number of the bucket that holds a time: the first whose upper bound is not below it."""
    if ms <= FIRST_MS:
        return 0
    return min(LAST, math.ceil(PER_DOUBLING * math.log2(ms / FIRST_MS)))


def upper_bound_ms(bucket: int) -> float:
    return FIRST_MS * math.exp2(bucket / PER_DOUBLING)


def percentile_ms(histogram: Histogram, share: float) -> float | None:
    """The time that `share` (0 to 1) of the counted do not exceed; None where nothing was counted.

    Answers with the geometric middle of its bucket, at most 9 % from any time in it.
    """
    total = sum(histogram.values())
    if not total:
        return None
    wanted, seen = max(1, math.ceil(total * share)), 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= wanted:
            return round(upper_bound_ms(bucket) * math.exp2(-0.5 / PER_DOUBLING), 1)
    raise AssertionError("a histogram's parts are fewer than their sum")
