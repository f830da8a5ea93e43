"""The signed-in user of a page behind `login_required`."""

from django.http import HttpRequest

from ..models import User


def viewer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise TypeError("only for views that require a signed-in user")
    return user
