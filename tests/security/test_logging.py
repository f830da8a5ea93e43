"""The log keeps one record to a line."""

import logging

from config.logging import OneLine


def test_what_users_write_begins_no_line_of_the_log() -> None:
    path = "/nowhere\r\n2026-01-01 00:00:00 INFO root signed in\x1b[2K\u2028and more"
    record = logging.LogRecord("quarry", logging.WARNING, __file__, 1, "GET %s", (path,), None)

    line = OneLine("{levelname} {message}", style="{").format(record)

    assert line == r"WARNING GET /nowhere\r\n2026-01-01 00:00:00 INFO root signed in\x1b[2K\u2028and more"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("one\ntwo")
    except ValueError as error:
        record = logging.LogRecord("quarry", logging.ERROR, __file__, 1, "failed", (), (ValueError, error, None))

    assert OneLine("{message}", style="{").format(record).splitlines() == ["failed", "ValueError: one", "two"]
