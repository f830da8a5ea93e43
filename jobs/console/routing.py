"""How a console page gets its address: guarded, and in both slash spellings."""

from django.urls import URLPattern, re_path

from accounts.methods import GET, Methods, taking

from .access import View, console_view


def page(pattern: str, view: View, *, name: str, methods: Methods = GET) -> URLPattern:
    """`page("queues/(?P<queue>[a-z-]+)", show, name="queue")`: a guarded view under the console.

    A GET needs a reader, a POST someone who operates. The name of a subject's first page is the subject,
    see nav.SUBJECTS.
    """
    guarded = view if getattr(view, "console_guarded", False) else console_view(view)
    # The slash outside the group is what reverse() writes.
    return re_path(rf"^{pattern}/?\Z" if pattern else r"^\Z", taking(methods, guarded), name=name)
