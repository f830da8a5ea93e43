"""Why an item has no price."""


class CannotPrice(Exception):
    """The terms ask for something that is not there. The message says what, and the remedy.

    `code` is a stable word: `unpublished`, `missing`, `no_values`, `no_series`, `bad_base`, `out_of_range`.
    """

    error_class = "VALIDATION_ERROR"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
