"""Scores as pure functions: values in, a frozen result with its factors out. No rows, no clock, no network.

Formulas and examples: docs/scores.md. The arithmetic is float, rounded to two decimals at the end.
"""
