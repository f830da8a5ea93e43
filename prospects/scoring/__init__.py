"""Scores as pure functions: figures in, a score with the factors it came from out."""
