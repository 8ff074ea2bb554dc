"""Shapes of the studio: jobs, and the tools that start them."""
