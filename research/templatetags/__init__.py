"""Template tags of research."""
