"""Enrichment: asking sources about prospects, companies and contacts, and keeping what they tell as facts."""
