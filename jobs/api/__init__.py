"""The REST face of the job layer: one module per group of paths."""
