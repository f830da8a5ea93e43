"""Slow answers of language models, many at once: memory, threads and database connections that each one holds.

python3 run.py benchmark model_calls [--calls 10] [--seconds 30] [--pieces 900] [--output FILE]

A local server sends each answer piece by piece over so many seconds. A call of fifteen minutes differs from one of
thirty seconds only in the time between pieces: 900 pieces are one a second for fifteen minutes.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

import psutil

from .report import publish
from .servers import durable_servers

#: About what a model says in a second.
WORDS = "Its operating margin widened while revenue grew, which the facts support. "
PROTOCOLS = ("openai", "anthropic")


def _chunk(protocol: str, text: str) -> bytes:
    if protocol == "openai":
        delta = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        body = {"id": "g", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
        return f"data: {json.dumps(body)}\n\n".encode()
    body = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    return f"event: content_block_delta\ndata: {json.dumps(body)}\n\n".encode()


def _opening(protocol: str) -> bytes:
    if protocol == "openai":
        return b""
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    start = json.dumps({"type": "message_start", "message": message})
    return f"event: message_start\ndata: {start}\n\nevent: content_block_start\ndata: {json.dumps(block)}\n\n".encode()


def _ending(protocol: str) -> bytes:
    if protocol == "openai":
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        body = {"id": "g", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        return f"data: {json.dumps(body)}\n\ndata: [DONE]\n\n".encode()
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    stop = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 20}}
    end = '{"type": "message_stop"}'
    return f"event: message_delta\ndata: {json.dumps(stop)}\n\nevent: message_stop\ndata: {end}\n\n".encode()


def serve(pieces: int, seconds: float, tell: Connection) -> None:
    """In a process of its own, so that its memory is not counted. Questions to warm up get a short answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        asked = await reader.readexactly(length)
        protocol = "openai" if "/chat/completions" in head else "anthropic"
        warm = b"warm-up" in asked
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        writer.write(_opening(protocol) + _chunk(protocol, '{"text": "'))
        for _ in range(1 if warm else pieces):
            writer.write(_chunk(protocol, WORDS))
            await writer.drain()
            await asyncio.sleep(0 if warm else seconds / pieces)
        writer.write(_chunk(protocol, '"}') + _ending(protocol))
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def measure(protocol: str, url: str, calls: int, seconds: float) -> dict[str, Any]:
    from django.conf import settings
    from pydantic import BaseModel, ConfigDict

    from providers.llm.choosing import backend_for
    from providers.llm.completing import complete
    from providers.llm.protocol import Request
    from providers.llm.settings import ModelSettings

    class Told(BaseModel):
        model_config = ConfigDict(extra="forbid")
        text: str

    base_url = f"{url}/v1" if protocol == "openai" else url
    settings.LANGUAGE_MODEL = ModelSettings(
        backend=protocol, base_url=base_url, key="k", model="m", total_seconds=seconds * 4 + 60
    )

    def ask(number: int, prompt: str) -> int:
        request = Request(task="benchmark", system="", prompt=prompt, schema=Told, max_tokens=20_000)
        backend = backend_for(tenant_id="bench", job_id=f"job_{number}")
        return len(complete(request, Told, backend=backend).value.text)

    # Libraries, pools and arenas of as many threads are there once; a call is what comes on top of them.
    with ThreadPoolExecutor(calls) as pool:
        list(pool.map(lambda number: ask(number, "warm-up"), range(calls)))
        gc.collect()
        idle_bytes, idle_threads = _memory(), threading.active_count()
        futures = [pool.submit(ask, number, "slow") for number in range(calls)]
        most_bytes = most_threads = 0
        connections = []
        while not all(future.done() for future in futures):
            most_bytes = max(most_bytes, _memory())
            most_threads = max(most_threads, threading.active_count())
            connections.append(_connections())
            time.sleep(0.5)
        characters = [future.result() for future in futures]
    return {
        "protocol": protocol,
        "calls": calls,
        "answer characters": characters[0],
        "memory per call, kB": round((most_bytes - idle_bytes) / calls / 1024, 1),
        "threads beside the calls' own": most_threads - idle_threads,
        "database connections in use, median": statistics.median(connections),
    }


def _memory() -> int:
    """Bytes that are this process's own."""
    return int(psutil.Process().memory_full_info().uss)


def _connections() -> int:
    """Of this program at work in Postgres, this question's own left out."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND state <> 'idle'"
        )
        return int(cursor.fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pieces", type=int, default=900)
    parser.add_argument("--output")
    asked = parser.parse_args()
    hear, tell = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(asked.pieces, asked.seconds, tell), daemon=True
    )
    server.start()
    url = f"http://127.0.0.1:{hear.recv()}"
    try:
        with durable_servers():
            rows = [measure(protocol, url, asked.calls, asked.seconds) for protocol in PROTOCOLS]
    finally:
        server.terminate()
    publish({"seconds": asked.seconds, "pieces": asked.pieces, "rows": rows}, asked.output)


if __name__ == "__main__":
    main()
