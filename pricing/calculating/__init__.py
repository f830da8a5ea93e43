"""Calculating batches: all items or none, every step stored, earlier calculations untouched."""
