"""Search over every job that is kept: words, values and errors in an index beside the ledger.

`language` reads what people type, `conditions` turns it into SQL, `indexing` keeps the index,
`engine` finds a page of jobs.
"""
