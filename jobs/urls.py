"""Routes of the job layer."""

urlpatterns: list = []
