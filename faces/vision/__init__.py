"""Arrays in, arrays out: from the pixels of a photo to people. Knows neither Django nor Celery.

Reads top to bottom as the data flows: `detection` finds faces, `alignment` cuts them out level, `quality`
says how much they are worth, `embedding` turns them into vectors, `neighbours` finds who is near whom,
`clustering` makes people of them. `pipeline` runs the first four over a batch of photos.
"""
