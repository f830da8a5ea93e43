"""What the job layer survives, tried on real servers and real worker processes."""
