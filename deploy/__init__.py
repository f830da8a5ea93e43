"""How Quarry is run: on one machine (deploy.local) and under gunicorn (gunicorn.conf.py)."""
