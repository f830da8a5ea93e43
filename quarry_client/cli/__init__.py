"""The command line of the client. It looks and speaks as `manage.py` does beside the server."""
