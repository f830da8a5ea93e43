"""Signals: what companies did, as it was reported, and the reasons to call one now that are found in it."""
