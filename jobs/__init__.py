"""The job layer: every job is a row in Postgres; RQ and Redis carry what is ready to run."""
