"""Pages in a real browser, against the web server as users run it. docs/pages.md says how to write one."""
