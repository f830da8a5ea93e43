"""Research: reports about companies, written from facts by rules or by a model."""
