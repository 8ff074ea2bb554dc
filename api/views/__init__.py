"""One view an operation: it reads the request, calls one service, and returns."""
