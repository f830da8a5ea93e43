"""Who is behind a user id, as a page names them."""

from collections.abc import Iterable

from accounts.models import User


def names_of(user_ids: Iterable[str]) -> dict[str, str]:
    """Names by id; ids of no user, such as those of services, stand for themselves."""
    wanted = {one for one in user_ids if one}
    known = {user.public_id: user.name or user.email for user in User.objects.filter(public_id__in=wanted)}
    return {one: known.get(one, one) for one in wanted}
