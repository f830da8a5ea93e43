"""The process's Redis clients: one pool for short calls, one for a worker's blocking pop.

Every caller shares them, so that a process holds a bounded number of connections however many
requests it serves.
"""

import os
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

#: Seconds a short call may take. Publishing is worth no more: the ledger has the job already.
SHORT_TIMEOUT = 0.5
#: As above, where a request waits for something it can do without.
QUICK_TIMEOUT = 0.2
#: Seconds that connecting and subscribing to the wake-ups of listeners may take.
LISTEN_TIMEOUT = 1.0
#: Seconds a worker blocks for work at most; also how soon it notices a half-open connection.
BLOCK_SECONDS = 2


def client() -> "redis.Redis":
    """For publishing and looking: answers or fails within half a second."""
    return _client(os.getpid(), SHORT_TIMEOUT, 1)


def quick_client() -> "redis.Redis":
    """For a look that the caller can do without: answers or fails within a fifth of a second."""
    return _client(os.getpid(), QUICK_TIMEOUT, 0)


def blocking_client() -> "redis.Redis":
    """For a worker's blocking pop."""
    return _client(os.getpid(), BLOCK_SECONDS + 8, 3)


def listening_client() -> "redis.Redis":
    """For the one subscription of a process that listens for wake-ups."""
    return _client(os.getpid(), LISTEN_TIMEOUT, 0)


def disconnect_redis() -> None:
    """Close what this process has open; a later call connects anew."""
    for made in (client(), quick_client(), blocking_client(), listening_client()):
        made.connection_pool.disconnect()


@cache
def _client(pid: int, timeout: float, retries: int) -> "redis.Redis":
    # A connection that Redis closed is worth a second try at once. A Redis that hangs is not: each
    # try, and each connect within it, would wait for the whole timeout again.
    worth_it = (redis.ConnectionError,) if timeout < 1 else (redis.ConnectionError, redis.TimeoutError)
    # The process id is part of the key, so that a forked child never shares its parent's sockets.
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": min(timeout, 2),
        "socket_keepalive": True,
        "max_connections": 32,
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.01), retries, supported_errors=worth_it),
        "health_check_interval": 15,
    }
    return redis.Redis.from_url(settings.REDIS_URL, **options)
