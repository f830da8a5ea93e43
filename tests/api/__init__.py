"""The API against its own schema."""
