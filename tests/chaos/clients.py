"""The clients: what they send, and their own book of what was promised to them."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: Seconds for which a client repeats a request that was not answered; then its order counts as unknown.
PATIENCE_SECONDS = 90.0
#: Answers that ask to come again.
BUSY = frozenset({429, 503})


@dataclass
class Order:
    """One submission. ids: jobs it stands for if accepted. repeatable: whether a jobId makes repeating safe.

    outcome: accepted, rejected or unknown. completes: whether every job of it must end completed, unless
    cancelled. statuses: of all answers, 0 for none.
    """

    number: int
    kind: str
    path: str
    body: dict[str, Any]
    ids: list[str]
    repeatable: bool = True
    completes: bool = True
    outcome: str = "unknown"
    statuses: list[int] = field(default_factory=list)
    #: (when it was sent, by the monotonic clock; milliseconds to the answer) of each answered try.
    answers: list[tuple[float, float]] = field(default_factory=list)
    missing_retry_after: int = 0
    cancelled: bool = False
    #: Must be accepted first.
    before: "Order | None" = None


class Orders:
    """The orders of a seed: the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self._run = f"c{seed}"

    def __iter__(self) -> Iterator[Order]:
        kinds = (
            (self._effect, 54),
            (self._in_a_process, 8),
            (self._later, 10),
            (self._fails_once, 8),
            (self._fails_for_good, 3),
            (self._sleeps, 5),
            (self._batch, 4),
            (self._after_another, 4),
            (self._invalid, 4),
        )
        makers, weights = zip(*kinds, strict=True)
        while True:
            self._number += 1
            yield self._random.choices(makers, weights)[0](f"{self._run}-{self._number}")

    def _order(self, kind: str, key: str, type_name: str, data: dict[str, Any], **options: Any) -> Order:
        body = {"type": type_name, "data": data, "options": {"jobId": key, **options}}
        return Order(number=self._number, kind=kind, path="/api/jobs", body=body, ids=[key])

    def _effect(self, key: str) -> Order:
        ms = self._random.choice([0, 0, 20, 100, 400])
        priority = self._random.choice(["normal", "normal", "high", "low"])
        return self._order("effect", key, "diag-effect", {"key": key, "ms": ms, "priority": priority}, queue="scoring")

    def _in_a_process(self, key: str) -> Order:
        return self._order("in a process", key, "diag-effect", {"key": key, "ms": 300}, queue="calculation")

    def _later(self, key: str) -> Order:
        delay = self._random.randrange(1000, 20_000)
        return self._order("later", key, "diag-effect", {"key": key}, queue="signals", delay=delay)

    def _fails_once(self, key: str) -> Order:
        data = {"errorClass": "NETWORK_ERROR", "times": 1}
        return self._order("fails once", key, "diag-fail", data, queue="scoring", attempts=4)

    def _fails_for_good(self, key: str) -> Order:
        order = self._order("fails for good", key, "diag-fail", {"errorClass": "VALIDATION_ERROR"}, queue="scoring")
        order.completes = False
        return order

    def _sleeps(self, key: str) -> Order:
        return self._order("sleeps", key, "diag-sleep", {"ms": self._random.randrange(2000, 8000)}, queue="signals")

    def _batch(self, key: str) -> Order:
        items = [{"key": f"{key}/{n}"} for n in range(self._random.randrange(5, 20))]
        body = {"type": "diag-effect", "items": items, "options": {"queue": "signals"}}
        return Order(number=self._number, kind="batch", path="/api/jobs/batch", body=body, ids=[], repeatable=False)

    def _after_another(self, key: str) -> Order:
        options = {"queue": "scoring", "dependsOn": [f"{key}-first"]}
        order = self._order("after another", key, "diag-effect", {"key": key}, **options)
        order.before = self._order("effect", f"{key}-first", "diag-effect", {"key": f"{key}-first"}, queue="signals")
        return order

    def _invalid(self, key: str) -> Order:
        order = self._order("invalid", key, "diag-effect", {"key": ""}, queue="scoring")
        order.completes = False
        return order


class Clients:
    """Threads that send orders at a steady rate, each until it has an answer or patience ends."""

    def __init__(self, *, port: int, token: str, rate: float, seed: int, threads: int = 24) -> None:
        self._port, self._token, self._rate = port, token, rate
        self._source = iter(Orders(seed))
        self._choices = random.Random(seed + 1)
        self._taking = threading.Lock()
        self._ending = threading.Event()
        self._begun = 0.0
        self._sent = 0
        self.orders: list[Order] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new orders; returns when those under way have their answer."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (order := self._next()) is not None:
            if order.before is not None:
                self._submit(order.before)
                if order.before.outcome != "accepted":
                    continue
            self._submit(order)
            if order.outcome == "accepted" and order.ids and self._choices.random() < 0.03:
                self._cancel(order)

    def _next(self) -> Order | None:
        with self._taking:
            due = self._begun + self._sent / self._rate
            if self._ending.wait(max(0.0, due - time.monotonic())):
                return None
            self._sent += 1
            order = next(self._source)
            self.orders += [one for one in (order.before, order) if one is not None]
            return order

    def _submit(self, order: Order) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        pause = 0.1
        while time.monotonic() < end:
            begun = time.monotonic()
            status, headers, body = self._ask("POST", order.path, order.body)
            order.statuses.append(status)
            if status:
                order.answers.append((begun, (time.monotonic() - begun) * 1000))
            if status in BUSY and "retry-after" not in headers:
                order.missing_retry_after += 1
            if 200 <= status < 300:
                order.outcome = "accepted"
                order.ids = order.ids or [job["id"] for job in body["jobs"]]
                return
            if status in BUSY:
                # Nothing was stored, so that even a batch may come again.
                time.sleep(min(2.0, float(headers.get("retry-after", 1))))
            elif 400 <= status < 500:
                order.outcome = "rejected"
                return
            elif not order.repeatable:
                return
            else:
                time.sleep(pause)
                pause = min(2.0, pause * 2)

    def _cancel(self, order: Order) -> None:
        status, _, _ = self._ask("DELETE", f"/api/jobs/{order.ids[0]}?action=cancel", None)
        # Without an answer it may have been cancelled, or not.
        order.cancelled = status in (0, 200, 202) or status >= 500

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        """(status, headers in lower case, body); status 0 where the connection broke before the answer."""
        talk = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            talk.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = talk.getresponse()
            raw = answer.read()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(raw or b"null")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}, None
        finally:
            talk.close()
