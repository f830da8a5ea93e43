"""Both wire protocols against a local server that speaks them."""

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from jobs.errors import ErrorClass, classify_error
from providers.errors import ProviderError
from providers.llm.anthropic_messages import AnthropicMessages
from providers.llm.openai_compatible import OpenAICompatible
from providers.llm.protocol import Backend, Request, Stop
from providers.llm.timeouts import Timeouts

from .model_server import ModelServer, Reply, running

KEY = "sk-secret-4711"


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    approved: bool
    reason: str


REQUEST = Request(task="judge", system="You judge.", prompt="Is it good?", schema=Verdict, temperature=0)
GOOD = '{"approved": true, "reason": "It names its sources."}'
Make = Callable[..., Backend]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as state:
        yield state


def openai(server: ModelServer, **options: Any) -> Backend:
    return OpenAICompatible(base_url=f"{server.url}/v1", key=KEY, model="some/model", **options)


def anthropic(server: ModelServer, **options: Any) -> Backend:
    return AnthropicMessages(base_url=server.url, key=KEY, model="some-model", **options)


both = pytest.mark.parametrize("make", [openai, anthropic])


@both
def test_the_answer_arrives_in_pieces_with_its_tokens(make: Make, server: ModelServer) -> None:
    server.replies = [Reply(text=GOOD)]
    pieces: list[str] = []

    answer = make(server).answer(REQUEST, on_text=pieces.append)

    assert answer.text == GOOD == "".join(pieces)
    assert len([piece for piece in pieces if piece]) > 2
    assert answer.stop is Stop.COMPLETE
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (100, 20)


def test_chat_completions_are_asked_with_a_strict_schema(server: ModelServer) -> None:
    server.replies = [Reply(text=GOOD)]

    openai(server).answer(REQUEST)

    path, headers, body = server.seen[0]
    assert (path, headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert body["model"] == "some/model"
    assert body["messages"] == [
        {"role": "system", "content": "You judge."},
        {"role": "user", "content": "Is it good?"},
    ]
    form = body["response_format"]["json_schema"]
    assert (form["strict"], form["schema"]["required"]) == (True, ["approved", "reason"])
    assert body["temperature"] == 0


def test_messages_are_asked_with_a_schema_and_the_key(server: ModelServer) -> None:
    server.replies = [Reply(text=GOOD)]

    anthropic(server).answer(REQUEST)

    path, headers, body = server.seen[0]
    assert (path, headers["authorization"]) == ("/v1/messages", f"Bearer {KEY}")
    assert body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert (body["system"], body["max_tokens"]) == ("You judge.", 4000)


def test_the_price_that_a_router_states_is_kept_to_the_last_digit(server: ModelServer) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, "cost": 0.00012345}
    server.replies = [Reply(text=GOOD, usage={**usage, "prompt_tokens_details": {"cached_tokens": 4}})]

    told = openai(server).answer(REQUEST).usage

    assert (told.input_tokens, told.cached_tokens, told.stated_cost) == (10, 4, Decimal("0.00012345"))


def test_tokens_of_a_cache_count_as_input(server: ModelServer) -> None:
    usage = {
        "input_tokens": 7,
        "output_tokens": 1,
        "cache_read_input_tokens": 50,
        "cache_creation_input_tokens": 30,
    }
    server.replies = [Reply(text=GOOD, usage=usage)]

    told = anthropic(server).answer(REQUEST).usage

    assert (told.input_tokens, told.cached_tokens, told.output_tokens) == (87, 50, 20)


@both
@pytest.mark.parametrize(("stop", "meaning"), [("length", Stop.CUT), ("content_filter", Stop.REFUSED)])
def test_an_answer_that_ends_early_says_why(make: Make, stop: str, meaning: Stop, server: ModelServer) -> None:
    server.replies = [Reply(text='{"approved": tr', stop=stop)]

    assert make(server).answer(REQUEST).stop is meaning


def test_a_refusal_in_words_is_a_refusal(server: ModelServer) -> None:
    server.replies = [Reply(refusal="I cannot help with that.")]

    answer = openai(server).answer(REQUEST)

    assert (answer.stop, answer.text) == (Stop.REFUSED, "I cannot help with that.")


@both
@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (400, ErrorClass.VALIDATION_ERROR),
        (401, ErrorClass.API_ERROR),
        (402, ErrorClass.API_ERROR),
        (403, ErrorClass.API_ERROR),
        (404, ErrorClass.VALIDATION_ERROR),
        (408, ErrorClass.NETWORK_ERROR),
        (413, ErrorClass.VALIDATION_ERROR),
        (422, ErrorClass.VALIDATION_ERROR),
        (429, ErrorClass.RATE_LIMIT),
        (500, ErrorClass.NETWORK_ERROR),
        (503, ErrorClass.NETWORK_ERROR),
        (529, ErrorClass.NETWORK_ERROR),
    ],
)
def test_each_status_becomes_its_error_class_after_one_try(
    make: Make, status: int, error_class: ErrorClass, server: ModelServer
) -> None:
    server.replies = [Reply(status=status, body={"error": {"message": f"no, {KEY} is bad", "type": "x"}})] * 3

    with pytest.raises(ProviderError) as caught:
        make(server).answer(REQUEST)

    assert classify_error(caught.value).error_class is error_class
    assert len(server.seen) == 1
    assert KEY not in str(caught.value)
    assert "is bad" in str(caught.value)


@both
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after-ms": "1500"}, 1.5), ({}, None)],
)
def test_the_wait_that_is_asked_for_is_kept(
    make: Make, headers: dict[str, str], seconds: float | None, server: ModelServer
) -> None:
    server.replies = [Reply(status=429, headers=headers, body={"error": {"message": "slow down"}})]

    with pytest.raises(ProviderError) as caught:
        make(server).answer(REQUEST)

    assert classify_error(caught.value).retry_after == seconds


@pytest.mark.parametrize(
    ("make", "body", "error_class"),
    [
        (openai, {"code": 502, "message": "upstream died"}, ErrorClass.NETWORK_ERROR),
        (openai, {"code": 429, "message": "slow down"}, ErrorClass.RATE_LIMIT),
        (openai, {"code": "server_error", "message": "sorry"}, ErrorClass.NETWORK_ERROR),
        (anthropic, {"type": "overloaded_error", "message": "busy"}, ErrorClass.NETWORK_ERROR),
        (anthropic, {"type": "rate_limit_error", "message": "slow down"}, ErrorClass.RATE_LIMIT),
        (anthropic, {"type": "invalid_request_error", "message": "no"}, ErrorClass.VALIDATION_ERROR),
    ],
)
def test_an_error_after_the_answer_has_begun_is_found_in_the_stream(
    make: Make, body: dict[str, Any], error_class: ErrorClass, server: ModelServer
) -> None:
    server.replies = [Reply(text='{"approved"', error_body=body)]

    with pytest.raises(ProviderError, match=body["message"]) as caught:
        make(server).answer(REQUEST)

    assert classify_error(caught.value).error_class is error_class


@both
def test_a_stream_that_breaks_off_is_no_answer(make: Make, server: ModelServer) -> None:
    server.replies = [Reply(text='{"approved": true', stop=None)]

    with pytest.raises(ProviderError, match="broke off") as caught:
        make(server).answer(REQUEST)

    assert classify_error(caught.value).error_class is ErrorClass.NETWORK_ERROR


@both
def test_a_server_that_falls_silent_is_given_up_on(make: Make, server: ModelServer) -> None:
    hold = threading.Event()
    server.replies = [Reply(text=GOOD, hold=hold)]

    with pytest.raises(ProviderError) as caught:
        make(server, timeouts=Timeouts(between=0.2)).answer(REQUEST)

    hold.set()
    assert classify_error(caught.value).error_class is ErrorClass.NETWORK_ERROR


@both
def test_an_answer_without_end_is_given_up_on(make: Make, server: ModelServer) -> None:
    server.replies = [Reply(text="x" * 5000)]

    with pytest.raises(ProviderError, match="did not finish its answer within 0 s"):
        make(server, timeouts=Timeouts(total=0)).answer(REQUEST)


@both
def test_nobody_listening_is_a_network_error(make: Make, server: ModelServer) -> None:
    nowhere = ModelServer(url="http://127.0.0.1:9")

    with pytest.raises(ProviderError) as caught:
        make(nowhere).answer(REQUEST)

    assert classify_error(caught.value).error_class is ErrorClass.NETWORK_ERROR


@both
def test_whoever_reads_may_stop_the_answer(make: Make, server: ModelServer) -> None:
    server.replies = [Reply(text=GOOD)]

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(server).answer(REQUEST, on_text=stop)
