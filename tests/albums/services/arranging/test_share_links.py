"""albums.services.arranging.share_links and members: access to albums, and passwords."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from albums.exceptions import TooManyAttempts
from albums.models import Album, Image, ShareLink
from albums.services.arranging.albums import (
    album_add_images,
    album_create,
    album_remove_images,
    album_undo,
    album_undo_proof,
)
from albums.services.arranging.members import member_add, member_change, member_remove
from albums.services.arranging.share_links import (
    password_fits,
    password_ticket,
    share_link_change,
    share_link_create,
    share_link_note_opened,
    ticket_valid,
)
from albums.services.core.throttling import ACCOUNT, ADDRESS
from tests.rows import image_rows


@pytest.fixture
def album(ada: User) -> Album:
    return album_create(owner=ada, name="Holiday")


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_member_sees_the_album_and_its_photos_and_nothing_else(
    ada: User, grace: User, album: Album
) -> None:
    inside, outside = image_rows(ada, 2)
    album_add_images(album=album, images=[inside])
    album_create(owner=ada, name="Private")
    assert not Image.objects.visible_to(grace).exists()
    member = member_add(album=album, username="grace", role="viewer")
    assert list(Image.objects.visible_to(grace)) == [inside]
    assert list(Album.objects.visible_to(grace)) == [album]
    assert not Image.objects.owned_by(grace).exists()
    assert outside not in Image.objects.visible_to(grace)
    Image.objects.filter(pk=inside.pk).update(binned_at=timezone.now())
    assert not Image.objects.visible_to(grace).exists(), "photos in the bin are hidden"
    Image.objects.update(binned_at=None)
    member_remove(member=member)
    assert not Image.objects.visible_to(grace).exists()


def test_photos_added_by_an_editor_are_visible_to_the_owner_until_the_editor_leaves(
    ada: User, grace: User, album: Album
) -> None:
    (hers,), (his,) = image_rows(ada, 1), image_rows(grace, 1)
    member = member_add(album=album, username="grace", role="editor")
    assert len(album_add_images(album=album, images=[hers, his], by=grace)) == 1
    assert len(album_add_images(album=album, images=[hers, his], by=ada)) == 1
    assert set(Image.objects.visible_to(ada)) == {hers, his}
    assert album_remove_images(album=album, images=[hers]) == 1
    assert Image.objects.filter(pk=hers.pk).exists(), "it leaves the album and stays in the library"
    assert member_remove(member=member) == 1
    assert set(Image.objects.visible_to(ada)) == {hers}


def test_viewers_and_other_accounts_cannot_add_photos(ada: User, grace: User, album: Album) -> None:
    (his,) = image_rows(grace, 1)
    with pytest.raises(PermissionDenied):
        album_add_images(album=album, images=[his], by=grace)
    member = member_add(album=album, username="grace", role="viewer")
    with pytest.raises(PermissionDenied):
        album_add_images(album=album, images=[his], by=grace)
    member_change(member=member, role="editor")
    assert len(album_add_images(album=album, images=[his], by=grace)) == 1
    with pytest.raises(ValidationError):
        member_change(member=member, role="owner")


def test_only_the_editor_who_removed_photos_can_undo_it(ada: User, grace: User, album: Album) -> None:
    images = image_rows(ada, 2)
    album_add_images(album=album, images=images)
    member = member_add(album=album, username="grace", role="editor")
    album_remove_images(album=album, images=images)
    proof = album_undo_proof(album=album, image_ids=[image.pk for image in images], by=grace, added=False)
    with pytest.raises(ValidationError):
        album_undo(album=album, proof=proof, by=ada)
    with pytest.raises(ValidationError):
        album_undo(album=album_create(owner=grace, name="Mine"), proof=proof, by=grace)
    assert album_undo(album=album, proof=proof, by=grace).photos == 2
    album_remove_images(album=album, images=images)
    member_change(member=member, role="viewer")
    with pytest.raises(ValidationError):
        album_undo(album=album, proof=proof, by=grace)


@pytest.mark.parametrize("name", ["", "unknown", "GRACE", "ada", "grace2"])
def test_an_album_is_shared_only_with_an_exact_account_name(
    ada: User, grace: User, album: Album, name: str
) -> None:
    User.objects.create_user("grace2", is_active=False)
    with pytest.raises(ValidationError):
        member_add(album=album, username=name, role="viewer")
    assert not album.members.exists()


def test_sharing_twice_changes_the_role(grace: User, album: Album) -> None:
    member_add(album=album, username="grace", role="viewer")
    member_add(album=album, username=" grace ", role="editor")
    assert [member.role for member in album.members.all()] == ["editor"]


def test_a_password_is_stored_as_a_hash_and_is_case_sensitive(album: Album) -> None:
    link = share_link_create(album=album, password="Open Sesame")
    assert "Sesame" not in link.password
    assert password_fits(link=link, password="Open Sesame", address="1.2.3.4")
    assert not password_fits(link=link, password="open sesame", address="1.2.3.4")


def test_wrong_passwords_are_limited_per_address_for_all_links(album: Album) -> None:
    link, other = (share_link_create(album=album, password="right") for _ in range(2))
    for _ in range(ADDRESS.most):
        assert not password_fits(link=link, password="wrong", address="1.2.3.4")
    with pytest.raises(TooManyAttempts):
        password_fits(link=link, password="right", address="1.2.3.4")
    assert password_fits(link=link, password="right", address="5.6.7.8")
    with pytest.raises(TooManyAttempts):
        password_fits(link=other, password="right", address="1.2.3.4")


def test_correct_passwords_are_not_limited(album: Album) -> None:
    link = share_link_create(album=album, password="right")
    for _ in range(3 * ADDRESS.most):
        assert password_fits(link=link, password="right", address="1.2.3.4")


def test_guesses_from_many_addresses_are_limited_together(album: Album) -> None:
    link = share_link_create(album=album, password="right")
    for number in range(ACCOUNT.most):
        assert not password_fits(link=link, password="wrong", address=f"1.2.3.{number}")
    with pytest.raises(TooManyAttempts):
        password_fits(link=link, password="wrong", address="1.2.3.99")


def test_a_new_password_invalidates_old_tickets(album: Album) -> None:
    link = share_link_create(album=album, password="first")
    ticket = password_ticket(link)
    assert ticket_valid(link, ticket)
    unchanged: dict[str, Any] = {"expires_at": None, "downloads": False, "shows_names": True}
    share_link_change(link=link, password=None, **unchanged)
    assert ticket_valid(link, ticket)
    share_link_change(link=link, password="second", **unchanged)
    assert not ticket_valid(link, ticket)
    assert not ticket_valid(link, None)
    share_link_change(link=link, password="", **unchanged)
    assert ticket_valid(link, None)


def test_opening_a_link_is_recorded_once_a_minute(album: Album) -> None:
    link = share_link_create(album=album)
    share_link_note_opened(link=link)
    first = ShareLink.objects.get().opened_at
    share_link_note_opened(link=link)
    assert ShareLink.objects.get().opened_at == first
    ShareLink.objects.update(opened_at=timezone.now() - timedelta(minutes=2))
    share_link_note_opened(link=link)
    opened = ShareLink.objects.get().opened_at
    assert opened is not None
    assert first is not None
    assert opened >= first
