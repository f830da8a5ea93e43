"""Company research: facts gathered, written into eight sections, each statement checked against its facts."""
