"""POST and GET /api/imports, GET, POST and DELETE /api/imports/{id}: lists in, by the code of the pages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from pydantic import with_config
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import TypedDict

from accounts.callers import Caller
from jobs.api.base import READ, WRITE, ApiView, Need
from jobs.api.openapi.declaring import Media, documented, integer
from jobs.api.params import Params
from jobs.api.parsing import strict_object
from jobs.api.problems import Conflict, Invalid, NotFound, Problem, TooLarge

from ..models import Import
from ..models.imports import ImportKind, ImportStatus
from ..transfers import actions
from ..transfers.errors import BadFile
from ..transfers.fields import FIELDS
from . import import_resources, shapes

LISTED, MOST = 30, 200
FORM = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "CSV or XLSX."},
        "kind": {"type": "string", "enum": ImportKind.values},
        "dryRun": {"type": "string", "enum": ["true", "false"], "default": "false"},
        "mapping": {
            "type": "string",
            "description": "A JSON object of field to header, or to the column's place from 0.",
        },
    },
    "required": ["file", "kind"],
    "additionalProperties": False,
}


@with_config(extra="forbid")
class StartImport(TypedDict, total=False):
    """mapping: field to header, or to the column's place from 0."""

    mapping: dict[str, str | int] | None


class ImportsView(ApiView):
    """POST takes multipart/form-data: file, kind, dryRun (false), mapping (JSON: field to header, or to its place)."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}
    parser_classes = (MultiPartParser,)

    @documented(
        "The imports",
        about="The newest first.",
        query=[
            integer("limit", LISTED, least=1, most=MOST),
            integer("cursor", 0, least=0, most=2**62, about="The `nextCursor` of the page before."),
        ],
        answers={200: shapes.Imports},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        limit = params.integer("limit", LISTED, least=1, most=MOST)
        before = params.integer("cursor", 0, least=0, most=2**62)
        params.done()
        rows = Import.objects.filter(tenant_id=self.caller.tenant_id or "")
        page = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
        cursor = str(page[limit - 1].pk) if len(page) > limit else None
        shown = [import_resources.one(upload) for upload in page[:limit]]
        return Response({"imports": shown, "count": len(shown), "hasMore": cursor is not None, "nextCursor": cursor})

    @documented(
        "Import a list",
        about="Stores the rows as a job: 202. As a dry run: 201 with a draft and its preview.",
        body=Media(type="multipart/form-data", about="The list and what it is.", schema=FORM),
        answers={201: shapes.DraftImport, 202: shapes.StartedImport},
        headers={"Location": "Of the import."},
    )
    def post(self, request: Request) -> Response:
        file, kind, is_dry, mapping = _asked(request)
        user = request.user if request.user.is_authenticated else None
        content, name = file.read(), str(file.name or "list").replace("\x00", "")
        try:
            upload = actions.take_in(content=content, file_name=name, kind=kind, caller=self.caller, user=user)
        except BadFile as error:
            raise Invalid({"file": str(error)}) from None
        try:
            _map(upload, mapping, self.caller)
            if is_dry:
                return Response(import_resources.with_preview(upload), status=201)
            return _started(self, upload)
        except Problem:
            # What the answer refuses must not wait to be confirmed.
            actions.drop(upload=upload, caller=self.caller)
            raise


class ImportView(ApiView):
    """POST starts a draft, with `mapping` where another one is wanted; DELETE drops it."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE, "DELETE": WRITE}

    @documented(
        "One import",
        about="With its preview while it is a draft, afterwards with the rejected rows, 100 at a time.",
        query=[integer("rejectedAfter", 0, least=0, most=2**31 - 1)],
        answers={200: shapes.WholeImport},
    )
    def get(self, request: Request, import_id: str) -> Response:
        params = Params(request.query_params)
        after = params.integer("rejectedAfter", 0, least=0, most=2**31 - 1)
        params.done()
        upload = self._found(import_id)
        if upload.status == ImportStatus.DRAFT:
            return Response(import_resources.with_preview(upload))
        return Response(import_resources.with_rejects(upload, after=after))

    @documented(
        "Start a draft",
        body=StartImport,
        body_required=False,
        answers={202: shapes.StartedImport},
        conflicts=["import_started"],
        headers={"Location": "Of the import."},
        examples={"another mapping": {"mapping": {"name": "Company name"}}},
    )
    def post(self, request: Request, import_id: str) -> Response:
        upload = self._found(import_id)
        asked: Any = request.data
        if unknown := set(asked) - {"mapping"}:
            raise Invalid(dict.fromkeys(sorted(unknown), "is not known; there is mapping"))
        _refuse_unless_draft(upload)
        _map(upload, asked.get("mapping"), self.caller)
        return _started(self, upload)

    @documented("Drop a draft", answers={204: None}, conflicts=["import_started"])
    def delete(self, request: Request, import_id: str) -> Response:
        upload = self._found(import_id)
        if not actions.drop(upload=upload, caller=self.caller):
            _refuse_unless_draft(self._found(import_id))
        return Response(status=204)

    def _found(self, import_id: str) -> Import:
        upload = Import.objects.filter(tenant_id=self.caller.tenant_id or "", public_id=import_id).first()
        if upload is None:
            raise NotFound("import")
        return upload


def _started(view: ApiView, upload: Import) -> Response:
    try:
        handle = actions.start(upload=upload, caller=view.caller, request_id=view.request_id)
    except BadFile as error:
        raise Invalid({"mapping": str(error)}) from None
    upload.refresh_from_db()
    if handle is None:
        _refuse_unless_draft(upload)
    answer = Response({**import_resources.one(upload), "pollUrl": f"/api/imports/{upload.public_id}"}, status=202)
    answer["Location"] = answer.data["pollUrl"]
    return answer


def _refuse_unless_draft(upload: Import) -> None:
    if upload.status != ImportStatus.DRAFT:
        raise Conflict("import_started", f"The import has been started already and is {upload.status}.")


# --- What is asked ----------------------------------------------------------------------------------
def _asked(request: Request) -> tuple[Any, str, bool, Any]:
    """The file, the kind, whether it is a dry run, and the mapping as it was given."""
    if not str(request.content_type).startswith("multipart/form-data"):
        raise Problem(
            "Send multipart/form-data with the parts `file` and `kind`, "
            "as `curl -F kind=companies -F file=@list.csv` does."
        )
    form: Any
    try:
        form, file = request.data, request.FILES.get("file")
    except ParseError:
        raise Problem("The body is no multipart/form-data that can be read.") from None
    problems = dict.fromkeys(sorted(set(form) - {"file", "kind", "dryRun", "mapping"}), "is not known")
    if file is None:
        problems["file"] = "is missing; send the list as a part with a file name"
    if (kind := str(form.get("kind", ""))) not in ImportKind.values:
        problems["kind"] = f"must be one of {', '.join(ImportKind.values)}"
    if (dry := str(form.get("dryRun", "false")).lower()) not in {"true", "false"}:
        problems["dryRun"] = "must be true or false"
    if problems or file is None:
        raise Invalid(problems)
    if (file.size or 0) > settings.MAX_IMPORT_BYTES:
        raise TooLarge(settings.MAX_IMPORT_BYTES)
    given = str(form.get("mapping", ""))
    return file, kind, dry == "true", strict_object(given.encode()) if given else None


def _map(upload: Import, mapping: Any, caller: Caller) -> None:
    """Map fields as the caller says, by header or by place from 0; None leaves what the headers say by themselves."""
    if mapping is None:
        return
    if not isinstance(mapping, Mapping):
        raise Invalid({"mapping": 'must be an object such as {"name": "Company name"}'})
    header = actions.header_of(upload)
    known = {field.name for field in FIELDS[upload.kind]}
    columns, problems = {}, {}
    for name, wanted in mapping.items():
        column = _column(wanted, header)
        if name not in known:
            problems[f"mapping.{name}"] = f"is no field of {upload.kind}; there are {', '.join(sorted(known))}"
        elif column is None:
            problems[f"mapping.{name}"] = "is neither a header of the file nor the number of a column, from 0"
        else:
            columns[name] = column
    if problems:
        raise Invalid(problems)
    actions.remap(upload=upload, mapping=columns, caller=caller)


def _column(wanted: Any, header: list[str]) -> int | None:
    if isinstance(wanted, str):
        return header.index(wanted) if wanted in header else None
    is_place = isinstance(wanted, int) and not isinstance(wanted, bool) and 0 <= wanted < len(header)
    return wanted if is_place else None
