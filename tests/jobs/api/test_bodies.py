"""Request bodies: JSON under any content type, poison refused, never a 500."""

import json
from io import BytesIO
from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.api.parsing import StrictJSONParser, strict_json
from jobs.api.problems import BadJson
from jobs.models import Job

from .conftest import note

pytestmark = pytest.mark.django_db


def wrapped(text: bytes) -> bytes:
    """A body whose free-form part is `text`."""
    return b'{"type":"test-note","data":{"companyId":"c","extra":' + text + b"}}"


POISON = {
    "NUL": wrapped(rb'{"a":"\u0000"}'),
    "NUL in a key": wrapped(rb'{"\u0000":1}'),
    "NUL in a known field": rb'{"type":"test-note","data":{"companyId":"a\u0000b"}}',
    "NUL in the type": rb'{"type":"\u0000","data":{}}',
    "NUL in a job id": rb'{"type":"test-note","data":{"companyId":"c"},"options":{"jobId":"a\u0000"}}',
    "high surrogate": wrapped(rb'{"a":"\ud800"}'),
    "low surrogate": wrapped(rb'{"a":"\udfff"}'),
    "surrogates in the wrong order": wrapped(rb'{"a":"\udc00\ud800"}'),
    "surrogate in an unknown field": rb'{"type":"test-note","data":{"companyId":"c","\ud800":1}}',
    "1e400": wrapped(b'{"a":1e400}'),
    "-1e400": wrapped(b'{"a":-1e400}'),
    "NaN": wrapped(b'{"a":NaN}'),
    "Infinity": wrapped(b'{"a":Infinity}'),
    "-Infinity": wrapped(b'{"a":-Infinity}'),
    "nesting of 500": wrapped(b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"),
    "nesting of 5,000": wrapped(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "nesting of 100,000": wrapped(b'{"a":' + b'{"a":[' * 50_000 + b"]}" * 50_000 + b"}"),
    "nesting that never ends": b"[" * 100_000,
    "nesting behind escapes": wrapped(b'{"a":"\\"' + b"[" * 100 + b'","b":' + b"[" * 70 + b"]" * 70 + b"}"),
    "integer of 301 digits": wrapped(b'{"a":' + b"9" * 301 + b"}"),
    "integer of 4,000 digits": wrapped(b'{"a":' + b"9" * 4000 + b"}"),
    "integer of 4,301 digits": wrapped(b'{"a":' + b"9" * 4301 + b"}"),
    "integer of 1,000,000 digits": wrapped(b'{"a":' + b"9" * 1_000_000 + b"}"),
    "duplicate keys": wrapped(b'{"a":1,"a":2}'),
    "duplicate keys at the top": b'{"type":"test-note","type":"test-note","data":{"companyId":"c"}}',
    "a list at the top": b"[]",
    "a text at the top": b'"text"',
    "a number at the top": b"7",
    "null": b"null",
    "raw NUL byte": wrapped(b'{"a":"\x00"}'),
    "raw control character": wrapped(b'{"a":"\n"}'),
    "bad UTF-8": wrapped(b'{"a":"\xff\xfe"}'),
    "overlong UTF-8": wrapped(b'{"a":"\xc0\x80"}'),
    "UTF-8 surrogate": wrapped(b'{"a":"\xed\xa0\x80"}'),
    "UTF-16": json.dumps(note()).encode("utf-16"),
    "UTF-32": json.dumps(note()).encode("utf-32"),
    "half a body": b'{"type":"test-note","data":{"companyId"',
    "blank": b"   ",
    "200,000 unknown keys": b'{"type":"test-note","data":{' + b",".join(b'"k%d":1' % n for n in range(200_000)) + b"}}",
    "a very long key": b'{"type":"test-note","data":{"companyId":"c","' + b"k" * 1_000_000 + b'":1}}',
    "a very long type": b'{"type":"' + b"k" * 1_000_000 + b'","data":{}}',
    "unclosed text": b'{"a":"' + b"[" * 1000,
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_refused_with_a_short_json_error(member: APIClient, name: str) -> None:
    answer = member.generic("POST", "/api/jobs", POISON[name], content_type="application/json")

    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert len(answer.content) < 60_000
    assert not Job.objects.exists()


@pytest.mark.parametrize("path", ["/api/jobs/batch", "/api/jobs/ingestion", "/api/jobs/health-scores"])
@pytest.mark.parametrize("name", ["NUL", "high surrogate", "1e400", "nesting of 100,000", "a list at the top"])
def test_poison_is_refused_by_every_path_that_submits(member: APIClient, path: str, name: str) -> None:
    answer = member.generic("POST", path, POISON[name], content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/api/queues/scoring", "/api/queues/scoring/dead-letter"])
@pytest.mark.parametrize("name", list(POISON))
def test_poison_is_refused_by_queue_actions_too(admin: APIClient, path: str, name: str) -> None:
    answer = admin.generic("POST", path, POISON[name], content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":"C:\\\\u0000 is a path"}',
        b'{"a":1e22}',
        b'{"a":5e-324}',
        b'{"a":' + b"9" * 300 + b"}",
        b'{"a":"' + b"[" * 500 + b'"}',
        b'{"a":"\\"' + b"{" * 500 + b'"}',
        b'{"a":' + b"[" * 61 + b"]" * 61 + b"}",
        b'{"a":[' + b",".join([b"[]"] * 500) + b"]}",
        '{"a":"\u2028 ß 漢 \U0001f600"}'.encode(),
    ],
)
def test_unusual_but_sound_json_is_taken_verbatim(member: APIClient, text: bytes) -> None:
    answer = member.generic("POST", "/api/jobs", wrapped(text), content_type="application/json")

    assert answer.status_code == 202, answer.content[:300]
    assert answer.json()["data"]["extra"] == json.loads(text)


def test_nesting_is_counted_in_levels() -> None:
    assert strict_json(b"[" * 64 + b"]" * 64) is not None
    with pytest.raises(BadJson):
        strict_json(b"[" * 65 + b"]" * 65)
    with pytest.raises(BadJson):
        strict_json(b'{"a":' * 65 + b"1" + b"}" * 65)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/octet-stream",
        "nonsense",
        "x" * 300,
        "",
    ],
)
def test_json_is_read_under_any_content_type(member: APIClient, content_type: str) -> None:
    answer = member.generic("POST", "/api/jobs", json.dumps(note()), content_type=content_type)

    assert answer.status_code == 202


def test_a_form_is_no_json(member: APIClient) -> None:
    answer = member.generic("POST", "/api/jobs", "type=test-note", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_json"


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml", "nonsense"])
def test_the_answer_is_json_whatever_is_asked_for(member: APIClient, accept: str) -> None:
    answer = member.get("/api/jobs?format=html", HTTP_ACCEPT=accept)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"


def padded(size: int) -> bytes:
    """A body of exactly `size` bytes."""
    head, tail = b'{"type":"test-note","data":{"companyId":"c","extra":{"a":"', b'"}}}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def test_five_mebibytes_are_taken_and_one_byte_more_is_not(member: APIClient) -> None:
    limit = 5 * 1024 * 1024

    fits = member.generic("POST", "/api/jobs", padded(limit), content_type="application/json")
    large = member.generic("POST", "/api/jobs", padded(limit + 1), content_type="application/json")

    assert (fits.status_code, large.status_code) == (202, 413)
    assert large.json()["error"]["code"] == "payload_too_large"
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
@pytest.mark.parametrize("size", [6_000_000, 12_000_000])
def test_a_large_body_is_413_for_every_content_type(member: APIClient, content_type: str, size: int) -> None:
    answer = member.generic("POST", "/api/jobs", b"[" * size, content_type=content_type)

    assert answer.status_code == 413


def test_the_declared_length_is_believed_before_a_byte_is_read(member: APIClient) -> None:
    answer = member.generic("POST", "/api/jobs", b"{}", content_type="application/json", CONTENT_LENGTH="99999999")

    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-5", "abc", "1e9", "99999999999999999999999"])
def test_a_strange_content_length_is_no_500(member: APIClient, length: str) -> None:
    answer = member.generic("POST", "/api/jobs", b"{}", content_type="application/json", CONTENT_LENGTH=length)

    assert answer.status_code in {400, 413}


def test_a_chunked_body_without_length_is_refused_with_the_reason(member: APIClient) -> None:
    answer = member.generic(
        "POST", "/api/jobs", b"", content_type="application/json", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""
    )

    assert answer.status_code == 400
    assert "Content-Length" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "query",
    [
        "relatedId=%00",
        "limit=%00",
        "status=%00",
        "createdAfter=9999999999",
        "createdAfter=0000-00-00",
        "createdAfter=0001-01-01T00:00:00%2B18:35",
        "createdAfter=%F0%9F%98%80",
        "limit=" + "9" * 5000,
        "limit=%D9%A3",
        "offset=-1",
        "offset=99999999999999999999",
        "type=%00",
        "queue=../../etc/passwd",
        "relatedId=" + "x" * 5000,
    ],
)
def test_poison_in_a_query_is_refused(member: APIClient, query: str) -> None:
    answer = member.get(f"/api/jobs/search?{query}")

    assert answer.status_code == 400
    assert "error" in answer.json()


@pytest.mark.parametrize("query", ["relatedId=%FF%FE", "relatedId=' OR 1=1 --", "userId=%25", "relatedId=\"'`;"])
def test_odd_but_harmless_queries_find_nothing(member: APIClient, query: str) -> None:
    answer: Any = member.get(f"/api/jobs/search?{query}")

    assert answer.status_code == 200
    assert answer.json()["jobs"] == []


def test_the_body_of_a_caller_who_has_gone_is_no_fault_of_ours() -> None:
    body = BytesIO(b"{}")
    body.close()

    with pytest.raises(BadJson, match="closed before"):
        StrictJSONParser().parse(body)


@pytest.mark.parametrize(
    "path", ["workers/nobody-1-abc", "queues/scoring", "queues/scoring/dead-letter", "schedules/ucc-daily"]
)
@pytest.mark.parametrize("action", [{"": {}}, ["quiet"], 1, None, "dance"])
def test_an_action_that_is_no_word_of_the_list_is_refused(admin: APIClient, path: str, action: Any) -> None:
    answer = admin.post(f"/api/{path}", {"action": action}, format="json")

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["action"])
