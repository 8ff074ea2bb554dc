"""Shapes of the request and response bodies, one module per resource.

Classes that end with `In` describe requests, classes that end with `Out` describe responses.
"""
