"""Actions on everything a search finds: previewed, then done as a job that survives its worker."""
