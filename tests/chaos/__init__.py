"""Chaos: a mixed load while everything underneath is killed, frozen, flushed, cut and skewed, and then the verdict.

`python3 run.py chaos`: see docs/chaos.md.
"""
