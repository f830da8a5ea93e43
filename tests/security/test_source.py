"""What the source does not do, read from the source itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from deploy.local.home import ROOT

APPS = ("accounts", "config", "jobs", "pricing", "prospects", "providers", "reports", "research")
#: Functions that run what a text or a byte string says.
RUNNERS = {"eval", "exec", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load"}
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
#: Where a function puts SQL together. Each joins constants of its module; whatever came in is a parameter.
JOINED = {
    "jobs/ledger/change.py",
    "jobs/ledger/note.py",
    "jobs/maintenance.py",
    "jobs/retention.py",
}


def test_no_code_runs_a_shell_or_what_a_text_says() -> None:
    found = {f"{path}: {name}" for path, tree in _modules() for name in _calls(tree) if name in RUNNERS}
    shells = {path for path, tree in _modules() for node in ast.walk(tree) if _opens_a_shell(node)}

    assert (found, shells) == (set(), set())


def test_sql_that_is_put_together_says_why_it_may_be() -> None:
    """At import there is nothing of a request to be put in; within a function there may be."""
    found = {path for path, tree in _modules() if any(_is_joined_sql(node) for node in _within_functions(tree))}

    assert found == JOINED


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths]


def _calls(tree: ast.Module) -> Iterator[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (ast.unparse(called) for called in calls if isinstance(called, ast.Name | ast.Attribute))


def _opens_a_shell(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False"


def _within_functions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from ast.walk(node)


def _is_joined_sql(node: ast.AST) -> bool:
    if not isinstance(node, ast.JoinedStr) or all(isinstance(part, ast.Constant) for part in node.values):
        return False
    first = node.values[0]
    return isinstance(first, ast.Constant) and bool(SQL.match(str(first.value)))
