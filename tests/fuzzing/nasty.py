"""Values that programs choke on, put into requests that were right but for them."""

import json
from typing import Any

from hypothesis import strategies as st

#: As they stand in a JSON text: some of them no JSON library would write.
NASTY_JSON = (
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "NaN",
    "-Infinity",
    "9" * 25,
    "1" + "0" * 400,
    "9223372036854775808",
    "2147483648",
    "0.1",
    '""',
    '" "',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u202e\\ufeff"',
    json.dumps("x" * 5000),
    '"2026-02-30"',
    '"0000-00-00"',
    '"9999-12-31T23:59:59+99:99"',
    '"0001-01-01T00:00:00+23:59"',
    '"P1Y"',
    '"https://[::1"',
    '"http://169.254.169.254/"',
    "[]",
    "[null]",
    "{}",
    '{"": {}}',
    '{"__proto__": 1}',
    "[" * 70 + "]" * 70,
    "[" * 40 + "]" * 40,
)
NASTY_TEXT = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1f",
    "-1",
    "0",
    "1e3",
    "9" * 25,
    "9223372036854775808",
    "NaN",
    "Infinity",
    "٣",
    "²",
    "null",
    "undefined",
    "2026-02-30",
    "9999-12-31T23:59:59+23:59",
    "0001-01-01T00:00:00+23:59",
    "0000-01-01",
    "2026-W01-1",
    "20260131",
    "x" * 5000,
    "'; DROP TABLE jobs_job; --",
    "%",
    "_\\",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\ufeff",
    "a,b,,c",
    ",",
    "9999-12-31_1",
    "2026-01-01_" + "9" * 18,
    "2026-01-01_²",
    "none-1",
    "100.00-" + "9" * 18,
)
_HOLE = "hole-in-the-body-8c1f"


@st.composite
def nasty_body(draw: st.DrawFn, body: Any) -> str:
    """The JSON text of a body with one value in it, at any depth, or the whole, replaced by a nasty one."""
    place = draw(st.sampled_from(_places(body)))
    text = json.dumps(_replaced(body, place, _HOLE))
    return text.replace(json.dumps(_HOLE), draw(st.sampled_from(NASTY_JSON)), 1)


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, item in inner for place in _places(item, (*here, key)))]


def _replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    if not place:
        return by
    key, *rest = place
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[key] = _replaced(value[key], tuple(rest), by)
    return changed
