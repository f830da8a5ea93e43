"""What a row of the matrix is: a request, and the answer to each role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The stranger administers another organisation; the member began what there is. A reader has a verified
#: address of ADMIN_EMAIL_DOMAIN and belongs to no organisation.
ROLES = ("anonymous", "stranger", "viewer", "member", "tenant-admin", "admin")
Answers = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One request. `path` names rows of the world as {company}; whatever it changes is undone after each role.

    by_session: a page, or whatever else is asked with a session; the API is asked with a token.
    """

    name: str
    method: str
    path: str
    answers: Answers
    body: Mapping[str, Any] = field(default_factory=dict)
    by_session: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return (self.name, self.method)

    @property
    def names_a_row(self) -> bool:
        return "{" in self.path


def api(name: str, method: str, path: str, answers: Answers, /, **body: Any) -> Row:
    """`api("jobs", "POST", "/api/jobs", WRITERS, nonsense=True)`"""
    return Row(name=name, method=method, path=path, answers=answers, body=body)


def page(name: str, method: str, path: str, answers: Answers, /, **form: Any) -> Row:
    return Row(name=name, method=method, path=path, answers=answers, body=form, by_session=True)
