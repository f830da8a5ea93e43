"""The demonstration's organisation, its users and an administrator."""

from .models import Organisation, User
from .provisioning import ensure_admin, ensure_organisation, ensure_user, grant
from .roles import Role

ORGANISATION = "demo"
ADMIN = "admin@example.com"
#: One user per role. They have no password: give them tokens with create_token, or a password in admin.
USERS = {
    "viewer@example.com": Role.VIEWER,
    "member@example.com": Role.MEMBER,
    "tenant-admin@example.com": Role.TENANT_ADMIN,
}


def ensure_people() -> tuple[Organisation, User, str | None]:
    """The organisation, its users and an administrator; the password only if it was made now."""
    organisation, _ = ensure_organisation(ORGANISATION)
    for email, role in USERS.items():
        grant(user=ensure_user(email)[0], organisation=organisation, role=role)
    admin, password = ensure_admin(ADMIN, organisation=organisation)
    return organisation, admin, password
