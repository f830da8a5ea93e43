"""A company research as a printed document with numbered sources."""
