"""Reports: documents made from what the database holds, as PDF, HTML, CSV and JSON."""
