"""The REST resources of prospects and companies, to read; jobs write them."""
