"""Alerts: rules over a snapshot of the whole, kept as rows, told by log, e-mail and webhook."""
