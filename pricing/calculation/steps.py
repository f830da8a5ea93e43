"""The steps of a derivation: frozen, numbered, with everything needed to repeat them by hand."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .numbers import Rounding, text


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation.

    order: from 1, in the order of computation. rule: a word such as `average` or `dead band`.
    subject: the component it is about, empty for the whole. detail: the rule in a sentence.
    inputs: observations as {series, date, version, revision, observation, value}, and results of earlier
    steps as {step, value}. expression: the operation with its numbers. rounding: None where exact.
    """

    order: int
    rule: str
    subject: str
    detail: str
    inputs: tuple[dict[str, Any], ...]
    expression: str
    unrounded: Decimal
    rounded: Decimal
    rounding: Rounding | None

    def content(self) -> dict[str, Any]:
        """As JSON, numbers as texts."""
        return {
            "order": self.order,
            "rule": self.rule,
            "subject": self.subject,
            "detail": self.detail,
            "inputs": list(self.inputs),
            "expression": self.expression,
            "unrounded": text(self.unrounded),
            "rounded": text(self.rounded),
            "rounding": str(self.rounding) if self.rounding else "",
        }

    def canonical(self) -> bytes:
        """The same bytes for the same step, whoever writes them."""
        return json.dumps(self.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


class Trail:
    """Steps as they are made. A trail may go on from a prepared one, which it leaves as it is."""

    def __init__(self, begun: "Trail | None" = None) -> None:
        self.steps: list[Step] = list(begun.steps) if begun else []
        self._hash: hashlib._Hash = begun._hash.copy() if begun else hashlib.sha256()

    def add(
        self,
        rule: str,
        unrounded: Decimal,
        *,
        expression: str,
        inputs: tuple[dict[str, Any], ...] = (),
        subject: str = "",
        detail: str = "",
        rounding: Rounding | None = None,
    ) -> Step:
        step = Step(
            order=len(self.steps) + 1,
            rule=rule,
            subject=subject,
            detail=detail,
            inputs=inputs,
            expression=expression,
            unrounded=unrounded,
            rounded=rounding.of(unrounded) if rounding else unrounded,
            rounding=rounding,
        )
        self.steps.append(step)
        self._hash.update(step.canonical())
        return step

    @property
    def digest(self) -> str:
        """SHA-256 over all steps, in hex."""
        return self._hash.hexdigest()


def result_of(step: Step) -> dict[str, Any]:
    """An earlier step as the input of a later one."""
    return {"step": step.order, "value": text(step.rounded)}
