"""What may stand in a mail's header."""

SUBJECT_LENGTH = 150


def one_line(text: str) -> str:
    """No line breaks or other control characters, whatever a name in it holds."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= SUBJECT_LENGTH else clean[: SUBJECT_LENGTH - 1] + "…"
