"""What may go wrong on a page without being seen: console errors, refused resources, too wide a page."""

from playwright.sync_api import ConsoleMessage, Page


class Watch:
    """Collects the errors of all pages of a test. The fixture fails the test that leaves one behind."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._expected: list[str] = []

    def follow(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))

    def expect(self, text: str) -> None:
        """For a test that means to cause an error, such as an answer of 422: `watch.expect("422")`."""
        self._expected.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [error for error in self.errors if not any(text in error for text in self._expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        # A violation of the Content-Security-Policy is reported as an error too.
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.location['url']}: {message.text}")


def fits(page: Page) -> None:
    """The page has no horizontal scroll; says which elements stick out."""
    assert (found := page.evaluate(_STICKING_OUT)) == [], f"{page.url} scrolls sideways: {found}"


_STICKING_OUT = """() => {
    const { clientWidth: width, scrollWidth } = document.documentElement;
    if (scrollWidth <= width) return [];
    const scrolls = (element) =>
        element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const sticksOut = (element) =>
        element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement);
    const name = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}">`;
    const elements = [...document.querySelectorAll("body *")].filter(sticksOut).map(name).slice(0, 5);
    return [...elements, `the page is ${scrollWidth} px wide, the window ${width} px`];
}"""
