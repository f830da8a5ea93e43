"""The texts of insights, each with the facts that it rests on."""

from pydantic import BaseModel, ConfigDict


class Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    facts: list[str]


class InsightTexts(BaseModel):
    model_config = ConfigDict(extra="forbid")
    thesis: list[Sentence]
    strengths: list[Sentence]
    risks: list[Sentence]
    verdict: Sentence
