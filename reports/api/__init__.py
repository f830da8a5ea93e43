"""/api/reports: asking for reports, finding them and taking their files."""
