"""UCC filings and the prospects found in them."""
