"""UCC filings: read by the job type `ucc-ingestion` and stored with their liens, parties and prospects."""
