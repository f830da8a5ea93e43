"""Events: what happened to jobs and queues, told to those who listen while it happens.

Every transition writes its row in jobs_event in its own transaction (jobs/ledger/note.py). From
there on: `wake` says that there is something new, `reading` finds it without ever missing a late
commit, `tail` reads once per process and hands out, `streams` speaks server-sent events and
`listening` calls library callers back.
"""
