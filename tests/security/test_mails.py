"""Headers of mails: pure."""

import pytest

from accounts.mails.headers import one_line


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_value_begins_a_header_of_a_mail(end: str) -> None:
    subject = one_line(f"Signals of Acme{end}Bcc: everybody@elsewhere.example")

    assert subject == "Signals of Acme Bcc: everybody@elsewhere.example"
