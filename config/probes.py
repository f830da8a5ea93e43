"""Probes of machines ask by an address of their own: a container by 127.0.0.1, a balancer by a pod's address."""

import re

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware

PROBES = re.compile(r"/(healthz|readyz)/?\Z")


class HostMiddleware(CommonMiddleware):
    """Refuses host names that DJANGO_ALLOWED_HOSTS does not name, except to probes, whose answers hold no address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if PROBES.match(request.path_info) else super().process_request(request)
