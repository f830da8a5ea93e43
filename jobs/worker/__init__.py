"""One worker process with many slots: threads for work that waits, processes for work that computes."""
