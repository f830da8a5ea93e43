"""What an organisation's questions to models cost in a month, seen from several sides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from .accounting import budget_of
from .models import ModelCall, ModelMonth

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=8)
#: Jobs that are listed, the dearest first.
MOST_JOBS = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """name: of a task, a model, a job, an organisation or a month, whichever was asked for.

    dollars: what is known of the cost in US dollars. reserved: of questions under way, at most.
    unpriced: questions whose cost is not known, since their model has no price. failed: those without an answer.
    """

    name: str
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    dollars: Decimal
    reserved: Decimal
    unpriced: int
    failed: int

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, kw_only=True)
class Costs:
    """month: its first day, UTC. budget: US dollars, None for no limit. by_job: at most MOST_JOBS."""

    month: date
    total: Line
    by_task: list[Line]
    by_model: list[Line]
    by_job: list[Line]
    budget: Decimal | None

    @property
    def spent(self) -> Decimal:
        """With what is reserved, as the budget counts it."""
        return self.total.dollars + self.total.reserved

    @property
    def left(self) -> Decimal | None:
        return None if self.budget is None else max(Decimal(), self.budget - self.spent)


def costs(*, tenant_id: str, month: date) -> Costs:
    """month: any day of it. Jobs are known as long as their calls are kept, LLM_CALL_DAYS; all else for good."""
    of_month = Q(tenant_id=tenant_id, month=month.replace(day=1))
    by_task = _lines(of_month, "task")
    return Costs(
        month=month.replace(day=1),
        total=_sum(by_task),
        by_task=by_task,
        by_model=_lines(of_month, "model"),
        by_job=_sorted(_of_calls(ModelCall.objects.filter(of_month), "job_id"))[:MOST_JOBS],
        budget=budget_of(tenant_id),
    )


def by_month(*, tenant_id: str, most: int = 12) -> list[Line]:
    """The newest months in which something was asked, newest first; named 2026-11."""
    found = {line.name: line for line in _lines(Q(tenant_id=tenant_id), "month")}
    return [found[name] for name in sorted(found, reverse=True)[:most]]


def by_organisation(*, month: date) -> list[Line]:
    """Of all organisations, for those who may see all; the dearest first."""
    return _lines(Q(month=month.replace(day=1)), "tenant_id")


def _lines(wanted: Q, name: str) -> list[Line]:
    """The sums of the months, and what is under way."""
    under_way = _of_calls(ModelCall.objects.filter(wanted, ended_at=None), name)
    grouped: dict[str, list[Line]] = {}
    for line in (*_of_months(ModelMonth.objects.filter(wanted), name), *under_way):
        grouped.setdefault(line.name, []).append(line)
    return _sorted(replace(_sum(lines), name=called) for called, lines in grouped.items())


def _sorted(lines: Iterable[Line]) -> list[Line]:
    """The dearest first, then those with the most tokens."""
    return sorted(lines, key=lambda line: (-line.dollars, -line.tokens, line.name))


def _of_months(months: QuerySet[ModelMonth], name: str) -> Iterator[Line]:
    found = (
        months.order_by()
        .values(name)
        .annotate(
            # Other names than the columns', which the aggregates would hide from each other.
            asked=Sum("calls"),
            read=Sum("input_tokens"),
            cached=Sum("cached_tokens"),
            written=Sum("output_tokens"),
            dollars=Sum("cost"),
            held=Value(Decimal(), output_field=_MONEY),
            without_price=Sum("unpriced"),
            without_answer=Sum("failed"),
        )
    )
    yield from (_line(row, name) for row in found)


def _of_calls(calls: QuerySet[ModelCall], name: str) -> Iterator[Line]:
    found = (
        calls.order_by()
        .values(name)
        .annotate(
            asked=Count("pk"),
            read=Sum("input_tokens"),
            cached=Sum("cached_tokens"),
            written=Sum("output_tokens"),
            dollars=Coalesce(Sum("cost"), Decimal(), output_field=_MONEY),
            held=Coalesce(Sum("reserved"), Decimal(), output_field=_MONEY),
            without_price=Count(
                "pk", filter=Q(cost=None, ended_at__isnull=False) & ~Q(input_tokens=0, output_tokens=0)
            ),
            without_answer=Count("pk", filter=~Q(error="")),
        )
    )
    yield from (_line(row, name) for row in found)


def _line(row: dict[str, Any], name: str) -> Line:
    called = row[name]
    return Line(
        name=f"{called:%Y-%m}" if isinstance(called, date) else str(called),
        calls=row["asked"],
        input_tokens=row["read"],
        cached_tokens=row["cached"],
        output_tokens=row["written"],
        dollars=row["dollars"],
        reserved=row["held"],
        unpriced=row["without_price"],
        failed=row["without_answer"],
    )


def _sum(lines: Iterable[Line]) -> Line:
    parts = list(lines)
    return Line(
        name="",
        calls=sum(one.calls for one in parts),
        input_tokens=sum(one.input_tokens for one in parts),
        cached_tokens=sum(one.cached_tokens for one in parts),
        output_tokens=sum(one.output_tokens for one in parts),
        dollars=sum((one.dollars for one in parts), Decimal()),
        reserved=sum((one.reserved for one in parts), Decimal()),
        unpriced=sum(one.unpriced for one in parts),
        failed=sum(one.failed for one in parts),
    )
