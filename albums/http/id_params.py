"""Ids of rows in the parameters of a request."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest

from albums.services.core.row_ids import row_id


def posted_image_ids(request: HttpRequest) -> list[int]:
    """Read the ids in a POST: `image` or `images`, repeated, or thousands in one field with commas between.

    Leaves out what is not an id. The query that reads the rows checks the user's rights.
    """
    fields = [*request.POST.getlist("images"), *request.POST.getlist("image")]
    return row_ids(",".join(fields).split(","))


def posted_image_id(request: HttpRequest) -> int | None:
    """Read the id `image` in a POST, None if it is missing or empty. Raises Http404 for what is not an id."""
    text = request.POST.get("image", "")
    key = row_id(text)
    if text and key is None:
        raise Http404
    return key


def row_ids(texts: Iterable[str]) -> list[int]:
    """Return the distinct ids in the texts, without what is not an id."""
    ids = map(row_id, texts)
    return list(dict.fromkeys(key for key in ids if key is not None))
