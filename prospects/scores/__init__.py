"""Scores as rows: what they are computed from, loaded in bulk, and where they are kept with their reasons."""
