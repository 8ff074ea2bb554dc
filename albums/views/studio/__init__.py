"""Pages of the studio: its tools, and the jobs that they start."""
