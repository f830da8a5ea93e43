"""A user with a password, and the browser that is signed in as her."""

import pytest
from django.test import Client

from accounts.models import User

from .browsing import PASSWORD


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """What is tested here does not depend on how long a guess takes the attacker's processor."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(person, acme, globex) -> User:
    user = person("ana@example.com", acme="member", globex="viewer")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(ana) -> Client:
    client = Client()
    client.force_login(ana)
    return client
