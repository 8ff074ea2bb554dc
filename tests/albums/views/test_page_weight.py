"""The styles and scripts that pages load at once stay few: others are loaded when they are used."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Album
from benchmarks.page_weight import linked
from faces.models import Person
from tests.rows import face_row, stored_image

# Of the 300 kB that a page may have, its HTML takes up to 60 with a hundred photos.
MOST_BYTES = 240_000
# At least those of every page; fewer were missed here.
LEAST_FILES = 20


@pytest.mark.parametrize(
    "name", ["timeline", "people", "person", "review", "albums", "album", "photo", "search"]
)
def test_a_page_loads_little_at_once(signed_in: Client, owner: User, name: str) -> None:
    image = stored_image(owner)
    person = Person.objects.create(owner=owner, name="Anna")
    face_row(image, person=person)
    album = Album.objects.create(owner=owner, name="Lyon")
    album.images.add(image)
    address = {
        "timeline": "/",
        "people": "/people/",
        "person": f"/people/{person.pk}/",
        "review": "/review/",
        "albums": "/albums/",
        "album": f"/albums/{album.pk}/",
        "photo": f"/photos/{image.pk}/",
        "search": "/search/?q=anna",
    }[name]
    html = signed_in.get(address).content.decode()
    parts = linked(signed_in, html)
    assert len(parts) > LEAST_FILES
    assert sum(map(len, parts)) < MOST_BYTES
