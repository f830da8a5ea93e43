"""Measurements of the job layer. They print figures with their conditions and judge nothing."""
