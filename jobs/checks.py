"""System checks of the job layer."""
