"""The caller of a request: the one answer to who asks, for which tenant, and with what rights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from .models import ApiToken, Membership, Organisation, User
from .plans import Plan, better
from .roles import DEFAULT_SCOPES, SCOPES, Role, effective_scopes

__all__ = [
    "Caller",
    "Role",
    "caller_of",
    "development_caller",
    "find_caller",
    "signed_in_caller",
    "system_caller",
]

#: Session key of the organisation (its slug) that the user chose to work in.
SESSION_ORGANISATION = "organisation"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`role` holds in every tenant of `tenants`; an admin's holds in all there are.

    user_id: owner of what the caller creates; `user_…`, `service_…`, `development` or `system`.
    tenant_id: the organisation the caller acts in, None for a user who belongs to none.
    scopes: those that have an effect for the role.
    """

    user_id: str
    tenant_id: str | None
    tenants: frozenset[str]
    role: Role
    scopes: frozenset[str]
    plan: str
    is_service: bool
    name: str

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes

    def may_use_tenant(self, tenant_id: str) -> bool:
        return self.is_admin or tenant_id in self.tenants

    def may_name_user(self, user_id: str) -> bool:
        """Whether work may be filed under `user_id`: one's own always, another's as admin or service."""
        return self.is_admin or self.is_service or user_id == self.user_id


def caller_of(request: Request | HttpRequest) -> Caller:
    """The caller of a REST framework or plain Django request.

    Raises NotAuthenticated or AuthenticationFailed (401), PermissionDenied (403 for a failed CSRF
    check). They are REST framework's: a plain Django view asks `find_caller` and redirects instead.
    """
    caller = find_caller(request)
    if caller is None:
        raise NotAuthenticated("Authentication is required: send Authorization: Bearer <token>, or sign in.")
    return caller


def find_caller(request: Request | HttpRequest) -> Caller | None:
    """As `caller_of`, but None for an anonymous request. A bad token still raises: it is no anonymity."""
    # Kept on the very request that was asked about: REST framework may allow a view less than the
    # plain request underneath holds, such as no session.
    known: Caller | None = getattr(request, "_caller", None)
    if known is None:
        known = _find(request)
        request._caller = known  # type: ignore[union-attr]
    return known


def signed_in_caller(request: HttpRequest) -> Caller | None:
    """The caller of a page: the signed-in user, whatever an Authorization header says."""
    known: Caller | None = getattr(request, "_signed_in_caller", None)
    user = request.user
    if known is None and isinstance(user, User):
        known = session_caller(user, _chosen_organisation(request))
        request._signed_in_caller = known  # type: ignore[attr-defined]
    return known


def _find(request: Request | HttpRequest) -> Caller | None:
    plain = request._request if isinstance(request, Request) else request
    if isinstance(request, Request):
        if isinstance(request.auth, Caller):
            return request.auth
    else:
        secret = bearer_secret(request)
        if secret is not None:
            return caller_with_secret(secret)[1]
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_authenticated:
        return session_caller(user, _chosen_organisation(plain))
    if settings.API_AUTH_REQUIRED:
        return None
    # Without a session there is no CSRF check; this keeps foreign web pages from posting to localhost.
    if plain.method not in SAFE_METHODS and plain.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise PermissionDenied("Requests from pages of another site are refused.")
    return development_caller()


def bearer_secret(request: HttpRequest) -> bytes | None:
    """The token of the Authorization header; None where the header is missing or of another scheme."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    secret = secret.strip()
    if not secret or " " in secret:
        raise AuthenticationFailed("The Authorization header must be: Bearer <token>.")
    return secret.encode("utf-8", "replace")


def caller_with_secret(secret: bytes) -> tuple[ApiToken, Caller]:
    """Raises AuthenticationFailed unless the token is known, unrevoked, unexpired and of an active member."""
    found = ApiToken.objects.for_secret(secret)
    at = timezone.now()
    # One sentence for every reason: a guesser learns nothing, the owner finds the reason in the admin.
    if found is None or not found[0].usable_at(at):
        raise AuthenticationFailed("The token is unknown, expired or revoked.")
    token, roles = found
    caller = token_caller(token, roles)
    ApiToken.objects.mark_used(token, at=at)
    return token, caller


def token_caller(token: ApiToken, roles: Mapping[str, Role]) -> Caller:
    """`roles`: those of the token's user, by organisation slug; a service's token needs none."""
    organisation = token.organisation
    ceiling = Role(token.role) if token.role else None
    if token.is_service or token.user is None:
        role = ceiling or Role.VIEWER
        return Caller(
            user_id=token.user.public_id if token.user else _service_id(token),
            tenant_id=organisation.slug,
            tenants=frozenset({organisation.slug}),
            role=role,
            scopes=effective_scopes(role, token.scopes),
            plan=organisation.plan,
            is_service=True,
            name=token.name,
        )
    if not token.user.is_admin and organisation.slug not in roles:
        raise AuthenticationFailed("The token's owner no longer belongs to its organisation.")
    return _user_caller(token.user, organisation.slug, organisation.plan, roles, ceiling, token.scopes)


def session_caller(user: User, chosen: str | None = None) -> Caller:
    """`chosen`: slug of an organisation; ignored where the user has no right to it (any more)."""
    rows = (
        Membership.objects.filter(user=user)
        .order_by("id")
        .values_list("organisation__slug", "organisation__plan", "role")
    )
    memberships = list(rows)
    plans = {slug: plan for slug, plan, _ in memberships}
    if chosen is not None and chosen not in plans and user.is_admin:
        plans |= dict(Organisation.objects.filter(slug=chosen).values_list("slug", "plan"))
    slug = chosen if chosen in plans else next(iter(plans), None)
    roles = {slug: Role(role) for slug, _, role in memberships}
    return _user_caller(user, slug, plans[slug] if slug else Plan.FREE.value, roles, None, None)


def development_caller() -> Caller:
    """Who acts in an anonymous request where API_AUTH_REQUIRED is false."""
    return _builtin("development", tenant_id="default", is_service=False)


def system_caller() -> Caller:
    """Who acts in library calls, commands and schedules that name nobody."""
    return _builtin("system", tenant_id=None, is_service=True)


def _builtin(name: str, *, tenant_id: str | None, is_service: bool) -> Caller:
    return Caller(
        user_id=name,
        tenant_id=tenant_id,
        tenants=frozenset({tenant_id} if tenant_id else ()),
        role=Role.ADMIN,
        scopes=frozenset(SCOPES),
        plan=Plan.FREE.value,
        is_service=is_service,
        name=name,
    )


def _user_caller(
    user: User,
    slug: str | None,
    organisation_plan: str,
    roles: Mapping[str, Role],
    ceiling: Role | None,
    scopes: Iterable[str] | None,
) -> Caller:
    role = Role.ADMIN if user.is_admin else roles.get(slug or "", Role.VIEWER)
    if ceiling is not None:
        role = min(role, ceiling)
    # A role is never carried into an organisation where the user has a lesser one.
    tenants = {name for name, held in roles.items() if user.is_admin or held >= role}
    if slug:
        tenants.add(slug)
    return Caller(
        user_id=user.public_id,
        tenant_id=slug,
        tenants=frozenset(tenants),
        role=role,
        scopes=DEFAULT_SCOPES[role] if scopes is None else effective_scopes(role, scopes),
        plan=better(user.plan, organisation_plan),
        is_service=False,
        name=user.email,
    )


def _service_id(token: ApiToken) -> str:
    """The same for every token of one service, so that a new token still finds the old jobs."""
    return "service_" + sha256(f"{token.organisation_id}/{token.name}".encode()).hexdigest()[:16]


def _chosen_organisation(request: HttpRequest) -> str | None:
    session = getattr(request, "session", None)
    chosen = session.get(SESSION_ORGANISATION) if session is not None else None
    return chosen if isinstance(chosen, str) else None
