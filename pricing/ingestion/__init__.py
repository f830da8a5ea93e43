"""Values of index series: read from files and jobs, stored once, every revision kept."""
