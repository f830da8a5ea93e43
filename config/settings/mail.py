"""E-mail: how it goes out, and from whom."""

from django.core.exceptions import ImproperlyConfigured

from .. import env

#: Under which address users reach this, for links in mails; without a slash at its end. Empty: mails have no links.
PUBLIC_URL = env.web_address("PUBLIC_URL")
EMAIL_HOST = env.text("EMAIL_HOST")
#: `console` writes mails to the log, `locmem` keeps them in memory, for tests.
EMAIL_DELIVERY = env.choice("EMAIL_DELIVERY", "smtp" if EMAIL_HOST else "console", ("smtp", "console", "locmem"))
if EMAIL_DELIVERY == "smtp" and not EMAIL_HOST:
    raise ImproperlyConfigured("EMAIL_DELIVERY=smtp needs EMAIL_HOST, the name of the mail server.")
EMAIL_BACKEND = f"django.core.mail.backends.{EMAIL_DELIVERY}.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_SSL and EMAIL_USE_TLS exclude each other; set one of them to false.")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10, least=1)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "Quarry <quarry@localhost>")
