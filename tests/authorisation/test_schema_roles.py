"""The roles that the API's schema names are those of the matrix: what programs read is what they get."""

from typing import Any

import pytest

from accounts.roles import DEFAULT_SCOPES, Role
from jobs.api.openapi.views import whole

from .conftest import World
from .operations import API, operation_id
from .rows import ROLES, Row

#: No organisation of theirs has the row; elsewhere they administer.
STANDING = {"stranger": Role.TENANT_ADMIN} | {role: Role(role) for role in ROLES if role in {*Role}}


@pytest.fixture(scope="module")
def operations() -> dict[str, dict[str, Any]]:
    """The operations of the schema by their names."""
    found = [operation for methods in whole()["paths"].values() for operation in methods.values()]
    return {operation["operationId"]: operation for operation in found}


def refused(operation: dict[str, Any]) -> set[str]:
    """Who, by the schema, does not get past role and scope with a token or session of the usual scopes."""
    return {
        name
        for name, role in STANDING.items()
        if role < Role(operation["x-role"]) or operation["x-scope"] not in DEFAULT_SCOPES[role]
    }


def test_the_schema_refuses_whom_the_matrix_refuses(operations: dict[str, dict[str, Any]]) -> None:
    by_schema = {row.key: refused(operations[operation_id(row)]) for row in API}
    by_matrix = {row.key: {role for role in STANDING if row.answers[ROLES.index(role)] == 403} for row in API}
    # What is not theirs does not exist for strangers, whatever their role.
    hidden = {row.key for row in API if row.answers[ROLES.index("stranger")] == 404}

    assert by_matrix == {key: who - {"stranger"} if key in hidden else who for key, who in by_schema.items()}


def test_every_operation_of_the_schema_is_in_the_matrix(operations: dict[str, dict[str, Any]]) -> None:
    assert operations.keys() == {operation_id(row) for row in API}


def test_without_a_token_or_session_nothing_of_the_schema_answers() -> None:
    assert [row.key for row in API if row.answers[ROLES.index("anonymous")] != 401] == []


def test_a_colleague_is_refused_just_where_the_schema_names_a_role_for_others(
    made: World, operations: dict[str, dict[str, Any]]
) -> None:
    """Somebody with the owner's role who owns nothing."""
    rows = [row for row in API if row.names_a_row and not _closed_to(row, "member")]
    found = {row.key for row in rows if made.ask(row, "colleague").status_code in (403, 404)}
    others = {row.key: operations[operation_id(row)].get("x-role-for-others") for row in rows}

    assert found == {key for key, role in others.items() if role}
    assert [row.key for row in rows if (role := others[row.key]) and _closed_to(row, role)] == []


def _closed_to(row: Row, role: str) -> bool:
    return row.answers[ROLES.index(role)] in (403, 404)
