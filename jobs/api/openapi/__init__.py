"""The API describes itself: declarations beside the views in, OpenAPI 3.1 out."""
