"""The library of reports, one report to read, and asking for more."""
