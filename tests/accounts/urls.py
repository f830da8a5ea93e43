"""A small API that shows who is asking, so that the tests of accounts need no other app."""

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import path
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import BearerAuthentication
from accounts.callers import Role, caller_of, find_caller
from accounts.permissions import check


class Probe(APIView):
    parser_classes = (JSONParser,)

    def check_permissions(self, request: Request) -> None:
        check(caller_of(request), scope="jobs:read" if request.method == "GET" else "jobs:write")

    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        return Response(
            {
                "userId": caller.user_id,
                "tenantId": caller.tenant_id,
                "tenants": sorted(caller.tenants),
                "role": caller.role,
                "scopes": sorted(caller.scopes),
                "plan": caller.plan,
                "isService": caller.is_service,
                "name": caller.name,
            }
        )

    def post(self, request: Request) -> Response:
        return Response(status=202)


class BearerOnlyProbe(Probe):
    authentication_classes = (BearerAuthentication,)


class QueueProbe(Probe):
    def check_permissions(self, request: Request) -> None:
        check(caller_of(request), scope="queues:manage", role=Role.ADMIN)


def plain(request: HttpRequest) -> JsonResponse:
    caller = find_caller(request)
    return JsonResponse({"userId": caller.user_id if caller else None})


urlpatterns = [
    path("admin/", admin.site.urls),
    path("probe", Probe.as_view()),
    path("queue-probe", QueueProbe.as_view()),
    path("bearer-only", BearerOnlyProbe.as_view()),
    path("plain", plain),
]
