"""Series, contracts, batches and calculations over HTTP, in the style of the job layer's API."""
