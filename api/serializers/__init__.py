"""What goes in and out as JSON, a module for each kind of thing. Only shapes: the services do the rest.

A class ends with `In` for what is asked, and with `Out` for what is answered.
"""
