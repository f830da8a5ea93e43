"""The statements that write job rows, one file per verb.

Each is a single SQL statement that changes rows conditionally, writes the attempt and event rows
that belong to the change, and returns what it changed. Time is always Postgres's.
"""
