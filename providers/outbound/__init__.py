"""Requests to addresses that users name: guarded, bounded in time and size, never followed elsewhere."""
