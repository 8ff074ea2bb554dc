"""The details of a photo show its rating, and that its date is of another program."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.imaging import CaptureSource
from albums.models import Image
from tests.rows import stored_image

pytestmark = pytest.mark.django_db


def test_rating_and_source_of_the_date_are_shown(client: Client, owner: User) -> None:
    photo = stored_image(owner)
    client.force_login(owner)
    address = f"/photos/{photo.pk}/"
    plain = client.get(address).content.decode()
    assert "Rating" not in plain
    Image.objects.filter(pk=photo.pk).update(facts={"rating": "4"}, captured_source=CaptureSource.SIDECAR)
    page = client.get(address).content.decode()
    assert "4 stars" in " ".join(page.split())
    assert "from another program" in page
