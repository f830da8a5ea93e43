"""Everything that brings data in from outside. Frozen dataclasses and typed errors come out."""
