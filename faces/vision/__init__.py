"""Arrays in, arrays out: from the pixels of a photo to people. Knows neither Django nor Celery.

`pipeline` turns a batch of photos into faces: a detector of `models` finds them, `alignment` crops them
level, `quality` scores them, an embedder of `models` turns them into vectors, `boxes` removes duplicates.
`grouping` groups the vectors into people. `weights` holds the table of weight files; no other part handles
files.
"""
