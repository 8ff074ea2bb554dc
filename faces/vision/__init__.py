"""Vision: from the pixels of a photo to people, on arrays alone, without Django or Celery.

The data flows through `models` (a detector finds faces), `alignment` (crops them), `quality` (rates them),
`models` (an embedder turns crops into vectors) and `grouping` (groups vectors into people). `pipeline` runs
all but the grouping over a batch of photos. `weights` is the exception: it handles the files of the models.
"""
