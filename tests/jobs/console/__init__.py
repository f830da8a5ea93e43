"""The console: access, navigation and pages."""
