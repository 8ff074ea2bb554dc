"""Ids of rows in the parameters of a request."""

from django.http import HttpRequest

from albums.services.core.row_ids import row_id


def posted_image_ids(request: HttpRequest) -> list[int]:
    """Read the ids in a POST: `image` or `images`, repeated, or thousands in one field with commas between.

    Leaves out what is not an id. The query that reads the rows checks the user's rights.
    """
    fields = [*request.POST.getlist("images"), *request.POST.getlist("image")]
    ids = (row_id(text) for text in ",".join(fields).split(","))
    return list(dict.fromkeys(key for key in ids if key is not None))
