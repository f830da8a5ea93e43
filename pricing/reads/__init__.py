"""What pages show of series, contracts and calculations, read in few queries."""
