"""The form of a queue's limits: what was typed, and the settings it stands for."""

from dataclasses import dataclass
from typing import Any

from ..overrides.values import settings_of
from ..policy import QueuePolicy

#: Units of the window of a start limit, in ms.
UNITS = {"s": 1_000, "min": 60_000, "h": 3_600_000}


@dataclass(frozen=True, kw_only=True)
class LimitsForm:
    """Texts as typed. An empty cap or count means none."""

    concurrency: str
    cap: str
    count: str
    window: str
    unit: str
    reason: str = ""

    #: For the template's list.
    units = (("s", "seconds"), ("min", "minutes"), ("h", "hours"))

    @classmethod
    def of(cls, rules: QueuePolicy) -> "LimitsForm":
        limit = rules.start_limit
        window, unit = _in_units(limit.window_ms) if limit else ("1", "min")
        return cls(
            concurrency=str(rules.concurrency),
            cap="" if rules.max_concurrency is None else str(rules.max_concurrency),
            count=str(limit.count) if limit else "",
            window=window,
            unit=unit,
        )

    @classmethod
    def given(cls, post: Any) -> "LimitsForm":
        def text(name: str) -> str:
            return str(post.get(name, "")).strip()

        return cls(
            concurrency=text("concurrency"),
            cap=text("cap"),
            count=text("count"),
            window=text("window"),
            unit=text("unit"),
            reason=text("reason"),
        )

    def values(self, rules: QueuePolicy) -> dict[str, Any]:
        """The settings that differ from what holds; numbers that are none stay texts, for `checked` to refuse."""
        now = settings_of(rules)
        typed = {
            "concurrency": _whole(self.concurrency),
            "maxConcurrency": _whole(self.cap) if self.cap else None,
            "startLimit": {"count": _whole(self.count), "windowMs": self._window_ms()} if self.count else None,
        }
        return {name: value for name, value in typed.items() if value != now[name]}

    def _window_ms(self) -> Any:
        try:
            return round(float(self.window) * UNITS[self.unit])
        except (ValueError, KeyError, OverflowError):
            return self.window


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _in_units(ms: int) -> tuple[str, str]:
    unit = next((name for name in ("h", "min") if ms % UNITS[name] == 0), "s")
    return f"{ms / UNITS[unit]:g}", unit
