"""Which prospects, known by a register's spelling, are which companies: precision before recall."""
