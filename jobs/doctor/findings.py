"""What a check returns."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """problem: what is wrong. remedy: what to do about it. Each a sentence, together one line."""

    check: str
    problem: str
    remedy: str

    @property
    def line(self) -> str:
        return " ".join(f"{self.problem} {self.remedy}".split())
