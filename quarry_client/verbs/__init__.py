"""What a user can ask of the server, by subject; `quarry_client.client` puts them together."""
