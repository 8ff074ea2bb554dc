"""What can be done with photos and albums: services take rows, and never enqueue.

One package for each capability; each lists in `__all__` the modules that others may use.
"""
