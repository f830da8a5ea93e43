"""Lists in and out: CSV and XLSX files of prospects, companies, contacts and figures, and CSV of what a list shows."""
