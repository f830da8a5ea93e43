"""What the layout of every page needs: navigation, organisations and the viewer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.callers import Caller, signed_in_caller
from accounts.models import Organisation, User
from accounts.pages.tabs import Tab
from accounts.roles import Role
from jobs.console.access import access_of
from jobs.console.nav import tabs


@dataclass(frozen=True, kw_only=True)
class Section:
    """One entry of the main navigation. `key` opens it, after the letter g."""

    title: str
    icon: str
    url_name: str
    key: str
    may_open: Callable[[HttpRequest], bool]


@dataclass(frozen=True, kw_only=True)
class Link:
    title: str
    icon: str
    url: str
    key: str
    current: bool


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def _is_admin(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_admin", False))


def _may_open_console(request: HttpRequest) -> bool:
    return access_of(request) is not None


SECTIONS = (
    Section(title="Prospects", icon="building", url_name="prospects:index", key="p", may_open=_signed_in),
    Section(title="Research", icon="flask", url_name="research:index", key="r", may_open=_signed_in),
    Section(title="Pricing", icon="scale", url_name="pricing:index", key="c", may_open=_signed_in),
    Section(title="Reports", icon="report", url_name="reports:index", key="t", may_open=_signed_in),
    Section(title="Jobs", icon="stack-2", url_name="console:index", key="j", may_open=_may_open_console),
    Section(title="Admin", icon="shield", url_name="admin:index", key="a", may_open=_is_admin),
)


class Shell:
    """Worked out when the template asks: a page that shows no navigation makes no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def sections(self) -> list[Link]:
        links = [(section, reverse(section.url_name)) for section in SECTIONS]
        return [
            Link(
                title=section.title,
                icon=section.icon,
                url=url,
                key=section.key,
                current=self._request.path.startswith(url),
            )
            for section, url in links
            if section.may_open(self._request)
        ]

    @property
    def caller(self) -> Caller | None:
        return signed_in_caller(self._request)

    @cached_property
    def organisations(self) -> list[Organisation]:
        """Those the viewer may work in, by name."""
        user = self._request.user
        if not isinstance(user, User):
            return []
        return list(Organisation.objects.filter(memberships__user=user).order_by("name"))

    @cached_property
    def organisation(self) -> Organisation | None:
        slug = self.caller.tenant_id if self.caller else None
        return next((one for one in self.organisations if one.slug == slug), None)

    @property
    def manages_webhooks(self) -> bool:
        """Whether the settings have the organisation's webhooks; an admin's are in the console."""
        caller = self.caller
        return caller is not None and caller.role is Role.TENANT_ADMIN

    @cached_property
    def console_tabs(self) -> list[Tab]:
        return tabs(self._request)


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}


def home(request: HttpRequest) -> str:
    """The address of the first page the viewer may open."""
    sections = Shell(request).sections
    return sections[0].url if sections else reverse("accounts:settings")
