"""Which photos were chosen on the page before."""

from django.http import HttpRequest


def chosen_ids(request: HttpRequest) -> list[int]:
    """Read the ids in a POST: `image` or `images`, once for each, or thousands in one with commas between.

    What is no id is left out. Which of them the person may touch is for the query that reads them.
    """
    fields = [*request.POST.getlist("images"), *request.POST.getlist("image")]
    texts = ",".join(fields).split(",")
    return list(dict.fromkeys(int(text) for text in texts if is_id(text)))


def is_id(text: str) -> bool:
    """Whether a row can have this id."""
    return text.isascii() and text.isdigit() and len(text) < 18
