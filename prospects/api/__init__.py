"""The REST resources of prospects and companies, to read, as jobs write them; and of imports, which bring them in."""
