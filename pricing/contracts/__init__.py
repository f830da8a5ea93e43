"""Contracts and batches: how they are given and kept."""
