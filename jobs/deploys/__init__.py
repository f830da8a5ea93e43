"""When which version went live: the marks on the console's charts."""
