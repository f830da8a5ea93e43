"""What operators change of a queue's policy at run time, and the history of it."""
