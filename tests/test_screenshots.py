"""The list of pages of which bin/screenshots takes pictures."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.urls import resolve

from tests.demo.pages import PAGES
from tests.demo.scene import Scene
from tests.demo.states import LONG_NAME, long_name


def test_no_two_pictures_have_one_name() -> None:
    names = [one.name for one in PAGES]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_every_page_that_needs_nothing_is_at_its_address_and_the_others_are_left_out() -> None:
    user = User.objects.create_user("ada")
    scene = Scene(owner=user, guest=user, newcomer=user, images=[])
    addresses = {one.name: one.address(scene) for one in PAGES}
    assert addresses["album"] is addresses["person"] is addresses["shared"] is None
    for name, address in addresses.items():
        if address is not None and not name.startswith("error-"):
            assert resolve(urlsplit(address).path).func is not None, name


def test_long_names_are_as_long_as_they_say() -> None:
    assert {len(long_name("Clara", number)) for number in range(6)} <= {LONG_NAME, LONG_NAME - 1}
