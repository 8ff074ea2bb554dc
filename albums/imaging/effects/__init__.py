"""Effects that make a picture out of a picture: arrays and files, no Django."""
