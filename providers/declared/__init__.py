"""What each source is: address, key, limit, licence."""
