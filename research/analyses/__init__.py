"""Analyses of ranked shares: written from numbered facts, judged, and turned into insights. No jobs, no transitions."""
