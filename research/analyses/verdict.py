"""What a judge answers: for each criterion the reason before the score, and what the next attempt must do better."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Scored(BaseModel):
    """reason stands before score, so that whoever judges argues first."""

    model_config = ConfigDict(extra="forbid")
    reason: str
    score: Literal[1, 2, 3, 4, 5]


class Reviewed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    grounding: Scored
    completeness: Scored
    reasoning: Scored
    risks: Scored
    calibration: Scored
    clarity: Scored
    feedback: str
    missing: list[str]

    def scored(self, key: str) -> Scored:
        found: Scored = getattr(self, key)
        return found
