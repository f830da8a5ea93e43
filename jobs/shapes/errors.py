"""How every error is answered."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict


class ProblemDetail(TypedDict):
    code: Annotated[str, Field(description="A stable word for programs.")]
    message: Annotated[str, Field(description="A sentence that says what to do.")]
    fields: NotRequired[Annotated[dict[str, str], Field(description="What is wrong with each field or parameter.")]]


class Quota(TypedDict):
    researchesUsed: int
    researchesLimit: int
    researchesRemaining: int


class Problem(TypedDict):
    """Every answer from 400 on. quota: where a month's research requests are used up."""

    error: ProblemDetail
    quota: NotRequired[Quota]
