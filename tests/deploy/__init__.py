"""The files that an installation is made from."""
