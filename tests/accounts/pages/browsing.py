"""What tests of several pages do at a browser."""

from django.test import Client

PASSWORD = "correct horse 42"


def try_password(password: str, *, email: str = "ana@example.com", address: str = "203.0.113.7"):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": email, "password": password})
