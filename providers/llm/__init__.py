"""Language models: one protocol, two wire backends, and rules where no model is configured."""
