"""The shapes in which the API shows things: what its answers are typed as, and its schema is made from.

Keys are spelled as callers see them.
"""
