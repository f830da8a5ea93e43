"""The console: pages on which a person operates the job layer."""
