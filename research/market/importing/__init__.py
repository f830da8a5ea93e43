"""Securities, prices and figures out of files: usable rows are stored, the others reported by line."""
