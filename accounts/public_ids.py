"""Ids that are shown to people and stand in addresses: a prefix that says of what, and chance."""

import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def random_id(prefix: str, length: int = 16) -> str:
    """Such as `res_…`; each character holds five bits of chance."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(length))
