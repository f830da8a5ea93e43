"""The admin page that puts a filing file into a state's inbox folder: uploaded, looked at, kept, ingested."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View

from accounts import audit
from accounts.callers import caller_of
from accounts.models import User
from jobs import library
from providers.ucc import STATES, UccError
from providers.ucc.uploads import Upload, discard, files_of, keep, preview, receive

from .sources import configured_files

TEMPLATE = "prospects/admin/upload.html"
_SALT = "prospects.filings.upload"
_LASTS_SECONDS = 24 * 3600


#: As the admin's own fields look.
_FIELD = "border border-base-200 rounded-default px-3 py-2 dark:border-base-700"


class UploadForm(forms.Form):
    state = forms.ChoiceField(
        choices=[(code, code) for code in sorted(STATES)], widget=forms.Select(attrs={"class": _FIELD})
    )
    file = forms.FileField(label="File", max_length=500)


class UploadView(View):
    """GET shows the form and a state's folder; POST does what `step` says: check, keep, discard or ingest."""

    admin_site: AdminSite = cast(AdminSite, None)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # The inbox belongs to the installation and not to one organisation.
        if not (isinstance(request.user, User) and request.user.is_admin):
            raise PermissionDenied("Only an administrator puts files into the inbox.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        state = request.GET.get("state", "")
        return self._page(request, UploadForm(initial={"state": state}), state=state if state in STATES else "")

    def post(self, request: HttpRequest) -> HttpResponse:
        steps = {"keep": self._keep, "discard": self._discard, "ingest": self._ingest}
        return steps.get(request.POST.get("step", ""), self._check)(request)

    def _check(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        given, state = form.cleaned_data["file"], form.cleaned_data["state"]
        try:
            upload = receive(
                inbox=settings.UCC_INBOX,
                state=state,
                name=given.name,
                chunks=given.chunks(),
                most_bytes=settings.UCC_UPLOAD_MAX_BYTES,
            )
        except UccError as error:
            form.add_error("file", str(error))
            return self._page(request, form, state=state, status=422)
        seen = preview(configured_files(), inbox=settings.UCC_INBOX, upload=upload)
        if seen.error:
            discard(inbox=settings.UCC_INBOX, upload=upload)
            form.add_error("file", seen.error)
            return self._page(request, form, state=state, preview=seen, status=422)
        token = signing.dumps([upload.state, upload.name, upload.token, request.user.pk], salt=_SALT)
        return self._page(request, form, state=state, preview=seen, upload=upload, token=token)

    def _keep(self, request: HttpRequest) -> HttpResponse:
        upload = _signed(request)
        try:
            with transaction.atomic():
                _record(request, "ucc-file.upload", upload.state, name=upload.name)
                # Last, so that no file is kept without its entry.
                keep(inbox=settings.UCC_INBOX, upload=upload)
        except UccError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{upload.state}/{upload.name} lies in the inbox.")
        return self._back(upload.state)

    def _discard(self, request: HttpRequest) -> HttpResponse:
        upload = _signed(request)
        discard(inbox=settings.UCC_INBOX, upload=upload)
        messages.info(request, f"{upload.name} was not kept.")
        return self._back(upload.state)

    def _ingest(self, request: HttpRequest) -> HttpResponse:
        state = request.POST.get("state", "")
        if state not in STATES:
            raise PermissionDenied("There is no such state.")
        with transaction.atomic():
            handle = library.enqueue("ucc-ingestion", {"state": state}, by=caller_of(request))
            _record(request, "ucc-file.ingest", state, job=handle.id)
        return HttpResponseRedirect(reverse("console:job", args=[handle.id]))

    def _back(self, state: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:prospects_upload')}?state={state}")

    def _page(
        self, request: HttpRequest, form: UploadForm, *, state: str = "", status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Upload a filing file",
            "form": form,
            "state": state,
            "files": files_of(inbox=settings.UCC_INBOX, state=state) if state else [],
            "most_mb": settings.UCC_UPLOAD_MAX_BYTES >> 20,
            "reads_files": settings.UCC_SOURCE == "files",
            **more,
        }
        return TemplateResponse(request, TEMPLATE, context, status=status)


def _signed(request: HttpRequest) -> Upload:
    """The upload that this person looked at. Raises PermissionDenied for what was not made by this page."""
    try:
        given = signing.loads(request.POST.get("upload", ""), salt=_SALT, max_age=_LASTS_SECONDS)
    except signing.BadSignature:
        raise PermissionDenied("The upload is too old or not yours; upload the file again.") from None
    state, name, token, user = given
    if user != request.user.pk:
        raise PermissionDenied("The upload is too old or not yours; upload the file again.")
    return Upload(state=state, name=name, token=token)


def _record(request: HttpRequest, action: str, state: str, **details: str) -> None:
    audit.record(
        caller=caller_of(request),
        action=action,
        target_type="ucc-inbox",
        target_id=state,
        details=details,
        request_id=getattr(request, "request_id", None),
    )
