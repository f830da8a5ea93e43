"""Stock RQ's worker, forking once per job, until its queue is empty. Django is loaded as in ours."""

import sys

import django
from redis import Redis
from rq import Queue, Worker

if __name__ == "__main__":
    django.setup()
    connection = Redis.from_url(sys.argv[1])
    Worker([Queue("stock", connection=connection)], connection=connection).work(burst=True, logging_level="ERROR")
