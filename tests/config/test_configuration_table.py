"""CONFIG-07, CONFIG-08: documentation, example file and code name the same variables and defaults."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.queue_settings import BUSINESS_QUEUES, INTERNAL_QUEUE
from deploy.local.home import ROOT
from jobs.policy import QueuePolicy, policies
from providers.catalogue import SOURCES, KeyUse, Source

from .conftest import PRODUCTION, Start

READERS = {
    "text",
    "flag",
    "integer",
    "optional_integer",
    "number",
    "words",
    "names",
    "ports",
    "numbers_by_name",
    "choice",
    "limit",
    "_backoff",
    "_address",
    "call_limit",
    "optional_money",
    "_plain",
    "web_address",
}
#: What programs tell each other or the platform sets; no setting of Quarry.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "PYTHONPATH", "QUARRY_STARTED_AT"}
QUEUES = (*BUSINESS_QUEUES, INTERNAL_QUEUE)
ROW = re.compile(r"^\| `([A-Z<][A-Z0-9_<>]+)` \| (?:`([^|]*)`|([^|]*)) \| (.+) \|$", re.MULTILINE)
EXAMPLE = re.compile(r"^#([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


def expanded(name: str) -> set[str]:
    """The variables that a name stands for: one, or one for each queue or source."""
    if name == "<SOURCE>_API_KEY":
        return {f"{source.prefix}_API_KEY" for source in SOURCES.values() if source.key is not KeyUse.NONE}
    if name.startswith("<SOURCE>"):
        return {name.replace("<SOURCE>", source.prefix) for source in SOURCES.values()}
    return {name.replace("<QUEUE>", queue.upper().replace("-", "_")) for queue in QUEUES}


def documented() -> dict[str, str]:
    """Defaults by variable; an empty text for none and for those that the table of queues holds."""
    text = (ROOT / "docs" / "configuration.md").read_text()
    found = {}
    for name, default, _, _ in ROW.findall(text):
        found.update(dict.fromkeys(expanded(name), default))
    return found


def example() -> dict[str, str]:
    return dict(EXAMPLE.findall((ROOT / ".env.example").read_text()))


def names_in_config() -> set[str]:
    return {name for path in (ROOT / "config").rglob("*.py") for word in _asked_for(path) for name in expanded(word)}


def _asked_for(path: Path) -> Iterator[str]:
    """First arguments of calls to env.py's readers; `f"{prefix}_X"` counts as `<QUEUE>_X` or `<SOURCE>_X`."""
    prefix = "<SOURCE>" if path.name == "source_settings.py" else "<QUEUE>"
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in READERS:
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant):
            yield str(name.value)
        elif isinstance(name, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else prefix for part in name.values)
        else:
            # Inside a reader the name is its own parameter; anywhere else this test would be blind.
            assert isinstance(name, ast.Name), f"{path.name}:{node.lineno}"
            assert name.id == "name", f"{path.name}:{node.lineno}"


def names_outside_config() -> set[str]:
    """Variables that run.py, deploy/, the job layer and the test servers read themselves."""
    pattern = re.compile(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
    folders = ("deploy", "jobs", "accounts", "providers", "prospects", "tests/plugins")
    files = [ROOT / "run.py", *(path for folder in folders for path in (ROOT / folder).rglob("*.py"))]
    return {name for path in files for name in pattern.findall(path.read_text())} - NOT_OURS


def test_the_code_is_searched_where_it_reads() -> None:
    """The other tests are worth nothing if the search finds nothing."""
    assert {"REDIS_URL", "DATA_ENRICHMENT_TIMEOUT_MS", "ENABLE_DEFAULT_WORKER", "LOG_LEVEL"} <= names_in_config()
    assert {"PORT", "QUARRY_REDIS_BINARY", "WEB_CONCURRENCY"} <= names_outside_config()


def test_the_table_names_every_variable_the_code_reads_and_no_other() -> None:
    assert set(documented()) == names_in_config() | names_outside_config(), "correct docs/configuration.md"


def test_the_example_file_names_the_same_variables() -> None:
    assert set(example()) == set(documented()), "correct .env.example"


def test_table_and_example_agree_on_defaults() -> None:
    per_queue = {name for name, given in documented().items() if not given}

    differing = {name for name, given in documented().items() if given != example()[name]} - per_queue

    assert not differing


def test_every_row_says_an_effect() -> None:
    rows = ROW.findall((ROOT / "docs" / "configuration.md").read_text())

    assert rows
    assert all(len(effect) > 5 for *_, effect in rows)


def test_the_documented_defaults_are_the_real_ones(start: Start) -> None:
    untouched = start(PRODUCTION)
    spelled_out = start(PRODUCTION | {name: value for name, value in example().items() if value})

    assert (untouched.status, spelled_out.status) == (0, 0), untouched.said + spelled_out.said
    for name in ("RQ_QUEUES", "DATABASES", "QUEUE_OVERRIDES"):
        assert name in untouched.settings
    # Overrides are None unless set; that they equal the policies is the next test's.
    differing = {name for name, value in untouched.settings.items() if spelled_out.settings[name] != value}
    assert differing <= {"QUEUE_OVERRIDES"}


@pytest.mark.parametrize("policy", policies().values(), ids=lambda policy: policy.name)
def test_the_documented_numbers_of_a_queue_are_its_policys(policy: QueuePolicy) -> None:
    limit = policy.start_limit
    numbers = {
        "WORKER_CONCURRENCY": str(policy.concurrency),
        "RATE_LIMIT": f"{limit.count}/{limit.window_ms}" if limit else "none",
        "TIMEOUT_MS": str(policy.timeout_ms),
        "ISOLATION": policy.isolation,
    }
    prefix = policy.name.upper().replace("-", "_")

    assert {key: example()[f"{prefix}_{key}"] for key in numbers} == numbers
    row = f"| `{policy.name}` | {' | '.join(numbers.values())} |"
    assert row in (ROOT / "docs" / "configuration.md").read_text()


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_the_documented_defaults_of_a_source_are_the_catalogues(source: Source) -> None:
    limit = str(source.limit)
    keys = {KeyUse.NONE: "none", KeyUse.OPTIONAL: "optional", KeyUse.REQUIRED: "required"}

    assert (example()[f"{source.prefix}_BASE_URL"], example()[f"{source.prefix}_LIMIT"]) == (source.base_url, limit)
    row = f"| `{source.name}` | `{source.base_url}` | {keys[source.key]} | {limit} |".replace("``", "–")
    assert row in (ROOT / "docs" / "configuration.md").read_text()
