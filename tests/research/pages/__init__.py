"""Pages of the sector pipeline."""
