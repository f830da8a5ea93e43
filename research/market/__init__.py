"""Listed shares: what they reported and cost, what follows from it, and how peers compare."""
