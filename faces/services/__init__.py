"""What can be done with faces and people: services take rows, and never enqueue."""
