"""What can be wrong with an uploaded list."""


class BadFile(ValueError):
    """The file cannot be read as a list. The message says why and what to do; waiting cannot help."""


class BadCell(ValueError):
    """A cell does not fit its field. The message says what would; the row is left out."""
