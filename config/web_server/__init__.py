"""The web server: an event loop that waits for slow clients, in front of the threads that run Django."""
