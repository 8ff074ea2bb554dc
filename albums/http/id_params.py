"""Ids of rows in the parameters of a request."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest

from albums.services.core.row_ids import row_id


def posted_ids(request: HttpRequest, *names: str) -> list[int]:
    """Return the distinct ids in these fields of a POST: repeated, or thousands in one, separated by commas.

    Returns none if one of them is not an id. The query that reads the rows checks the user's rights.
    """
    fields = [text for name in names for text in request.POST.getlist(name)]
    ids = {text: row_id(text) for text in ",".join(fields).split(",") if text}
    return [] if None in ids.values() else row_ids(ids)


def posted_image_id(request: HttpRequest) -> int | None:
    """Return the id `image` in a POST, None if it is missing or empty. Raises Http404 for other text."""
    text = request.POST.get("image", "")
    key = row_id(text)
    if text and key is None:
        raise Http404
    return key


def row_ids(texts: Iterable[str]) -> list[int]:
    """Return the distinct ids in the texts, without what is not an id."""
    return list(dict.fromkeys(key for text in texts if (key := row_id(text)) is not None))
