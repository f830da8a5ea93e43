"""Runs the shell commands of a page inside the test: the same arguments, paths and bodies, and no process each."""

import re
import shlex
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command, get_commands, load_command_class
from django.db import connection
from django.test import Client

#: These serve until they are stopped: only their arguments are looked at.
SERVING = frozenset({"workers", "rqworker", "rqscheduler"})
MANAGE = ["python3", "run.py", "manage"]


@dataclass
class Shell:
    """`run(line)` gives what the command printed; it raises where the command would have failed.

    variables: what the page calls $NAME. may_exit: commands whose status 1 is an answer rather than an error.
    """

    redis_url: str
    variables: dict[str, str] = field(default_factory=dict)
    may_exit: frozenset[str] = frozenset({"queue_doctor", "worker_health"})

    def run(self, line: str) -> str:
        assignment = re.fullmatch(r"([A-Z]+)=(?:\$\((.+)\)|(\S+))", line.strip())
        if assignment:
            name, command, value = assignment.groups()
            self.variables[name] = value if command is None else self.run(command).strip()
            return ""
        words = shlex.split(re.sub(r"\$([A-Z_]+)", lambda found: self.variables[found[1]], line))
        if words[:3] == MANAGE:
            return self._manage(*words[3:])
        programs = {"curl": self._curl, "psql": self._psql, "redis-cli": self._redis, "rq": self._rq, "printf": _printf}
        return programs[words[0]](*words[1:])

    def _manage(self, name: str, *arguments: str) -> str:
        if name in SERVING:
            command = load_command_class(get_commands()[name], name)
            command.create_parser("manage.py", name).parse_args(list(arguments))
            return ""
        out = StringIO()
        try:
            call_command(name, *arguments, stdout=out, stderr=StringIO())
        except SystemExit as end:
            if end.code and name not in self.may_exit:
                raise AssertionError(f"{name} ended with {end.code}: {out.getvalue()}") from end
        return out.getvalue()

    def _curl(self, *words: str) -> str:
        request = _Request.read(words)
        address = request.address.removeprefix(self.variables["QUARRY"])
        assert address != request.address, f"{request.address} is not below $QUARRY"
        client = Client(headers=request.headers)
        if request.form:
            answer: Any = client.post(address, {name: _value(text) for name, text in request.form})
        else:
            content = request.headers.get("Content-Type", "application/json")
            answer = client.generic(request.method, address, request.body, content)
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code < 300, f"{request.method} {address}: {answer.status_code} {text!r}"
        return str(text.decode())

    def _psql(self, url: str, option: str, statement: str) -> str:
        assert (url, option) == (self.variables["DATABASE_URL"], "-c")
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchall())

    def _redis(self, option: str, url: str, *command: str) -> str:
        assert option == "-u"
        with redis.Redis.from_url(url) as server:
            return str(server.execute_command(*command))

    def _rq(self, *words: str) -> str:
        from rq.cli.cli import main

        main(list(words), standalone_mode=False)
        return ""


def _printf(text: str, arrow: str, path: str) -> str:
    assert arrow == ">"
    Path(path).write_text(text.replace("\\n", "\n"), encoding="utf-8")
    return ""


def _value(text: str) -> Any:
    """curl's `@file` in a form."""
    if not text.startswith("@"):
        return text
    path = Path(text[1:])
    return SimpleUploadedFile(path.name, path.read_bytes())


@dataclass
class _Request:
    """What curl's arguments ask for."""

    address: str = ""
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    form: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, words: tuple[str, ...]) -> "_Request":
        request, query, rest = cls(), [], list(words)
        while rest:
            word = rest.pop(0)
            if word == "-X":
                request.method = rest.pop(0)
            elif word == "-d":
                request.body = rest.pop(0)
            elif word == "--data-binary":
                request.body = Path(rest.pop(0)[1:]).read_text(encoding="utf-8")
            elif word == "-F":
                name, _, value = rest.pop(0).partition("=")
                request.form.append((name, value))
            elif word == "-H":
                name, _, value = rest.pop(0).partition(": ")
                request.headers[name] = value
            elif word == "--data-urlencode":
                name, _, value = rest.pop(0).partition("=")
                query.append((name, value))
            elif word not in ("-s", "-G"):
                request.address = word
        if query:
            request.address += f"?{urlencode(query)}"
        return request
