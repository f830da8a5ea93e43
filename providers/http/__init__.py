"""Calls to outside sources: limited, timed, cached, and failing with typed errors.

client = client_for("osha")
answer = client.get("/get/OSHA/inspection/json", params={"limit": 10}, cache=timedelta(days=1))
"""

from .answer import Answer
from .client import Client, client_for

__all__ = ["Answer", "Client", "client_for"]
