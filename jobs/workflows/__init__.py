"""Jobs that wait for jobs: dependencies, workflows made of them, and batches with a callback."""
