"""The API is asked what its own schema allows, and what it does not."""
