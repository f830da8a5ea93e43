"""Index series, contracts and price adjustments computed from them."""
