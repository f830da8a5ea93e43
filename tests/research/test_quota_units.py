"""Units of quotas that nothing is counted by any more."""

from datetime import timedelta

import pytest

from accounts import quotas
from research.models import QuotaUnit
from research.quota import forget_old_units

pytestmark = pytest.mark.django_db


def test_units_of_this_month_and_the_last_stay_and_older_ones_go() -> None:
    this = quotas.this_month()
    last = (this - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for month in (this, last, before):
        QuotaUnit.objects.create(job_id=f"job_{month}", subject="user_1", month=month)

    assert forget_old_units() == 1

    assert set(QuotaUnit.objects.values_list("month", flat=True)) == {this, last}
