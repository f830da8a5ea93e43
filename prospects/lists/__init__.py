"""Lists of the domain: what may be asked of them, and one page at a time of what is found.

Pages, the API and exports ask in the same words; see the `Query` of each module.
"""
