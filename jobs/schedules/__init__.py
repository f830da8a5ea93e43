"""Schedules: what is enqueued by the clock. Rows decide, rq-scheduler is the clock that asks them."""
