"""albums.admin.accounts: what administrators can do with accounts, and what no one can."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import Album, Image, ShareLink
from albums.services.uploading.quotas import quota_of, quota_set
from tests.rows import image_rows


def act(user: User, name: str) -> str:
    return reverse("admin:auth_user_action", args=[user.pk, name])


def test_a_new_account_gets_a_sign_in_link_that_works_once(visitor: Client, client: Client) -> None:
    answer = visitor.post(reverse("admin:auth_user_add"), {"username": "zoe", "password": ""}, follow=True)
    zoe = User.objects.get(username="zoe")
    assert not zoe.has_usable_password()
    assert "signs in once as zoe" in answer.content.decode()
    link_page = visitor.post(act(zoe, "sign-in-link")).content.decode()
    link = link_page.split('value="http://testserver')[1].split('"')[0]
    guest = Client()
    assert guest.post(link).status_code == 302
    assert guest.get(reverse("albums:settings")).status_code == 200
    assert guest.post(link).status_code == 410


def test_duplicate_names_and_weak_passwords_are_refused(visitor: Client, ada: User) -> None:
    address = reverse("admin:auth_user_add")
    assert (
        "An account with this name already exists"
        in visitor.post(address, {"username": "ADA"}).content.decode()
    )
    short = visitor.post(address, {"username": "eve", "password": "12345"}).content.decode()
    assert "too short" in short
    visitor.post(address, {"username": "eve", "password": "a long pass phrase"})
    assert Client().login(username="eve", password="a long pass phrase")


def test_a_deactivated_account_is_signed_out_and_keeps_its_data(visitor: Client, ada: User) -> None:
    theirs = Client()
    theirs.force_login(ada)
    image_rows(ada, 1)
    assert "signed out everywhere" in visitor.get(act(ada, "switch-off")).content.decode()
    assert User.objects.get(pk=ada.pk).is_active, "a GET changes nothing"
    visitor.post(act(ada, "switch-off"))
    assert theirs.get(reverse("albums:settings")).status_code == 302
    assert visitor.get(act(ada, "sign-in-link")).status_code == 404
    visitor.post(act(ada, "switch-on"))
    assert User.objects.get(pk=ada.pk).is_active
    assert ada.images.count() == 1
    assert list(LogEntry.objects.values_list("change_message", flat=True)) == [
        "Enable account",
        "Disable account",
    ]


def test_the_last_administrator_cannot_be_removed(visitor: Client, operator: User, ada: User) -> None:
    for name in ("switch-off", "delete"):
        assert visitor.post(act(operator, name), {"name": "op"}).status_code == 404
    refused = visitor.post(act(operator, "dismiss"), follow=True).content.decode()
    assert "This is the only administrator" in refused
    visitor.post(act(ada, "run"))
    visitor.post(act(operator, "dismiss"))
    operator.refresh_from_db()
    assert (operator.is_superuser, operator.is_staff) == (False, False)
    assert visitor.get(reverse("admin:index"), follow=True).status_code == 403


def test_an_operator_sees_accounts_and_cannot_change_them(client: Client, keeper: User, ada: User) -> None:
    client.force_login(keeper)
    page = client.get(reverse("admin:auth_user_change", args=[ada.pk])).content.decode()
    assert "operator-button" not in page
    for name in ("sign-in-link", "quota", "switch-off", "run", "look-after", "delete"):
        assert client.post(act(ada, name), {"name": "ada", "kind": "none"}).status_code == 404
    assert client.post(reverse("admin:auth_user_add"), {"username": "zoe"}).status_code == 302
    assert set(User.objects.values_list("username", flat=True)) == {"keeper", "ada"}


def test_an_account_is_deleted_with_its_data_after_its_name_is_typed(visitor: Client, ada: User) -> None:
    image_rows(ada, 3)
    ShareLink.objects.create(album=Album.objects.create(owner=ada, name="Holiday"))
    confirmation = visitor.get(act(ada, "delete")).content.decode()
    assert "3 photos" in confirmation
    assert "1 albums" in confirmation
    wrong = visitor.post(act(ada, "delete"), {"name": "Ada"}, follow=True).content.decode()
    assert "not the name of the account" in wrong
    receipt = visitor.post(act(ada, "delete"), {"name": "ada"}).content.decode()
    assert "Photos: 3" in receipt
    assert not User.objects.filter(username="ada").exists()
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("given", "bytes_"),
    [
        ({"kind": "own", "gigabytes": "2.5"}, 5 * 2**29),
        ({"kind": "none"}, 0),
        ({"kind": "default"}, 7 * 2**20),
        ({"kind": "own", "gigabytes": ""}, 99),
    ],
)
def test_the_quota_of_an_account_can_be_set(
    visitor: Client, ada: User, settings: object, given: dict[str, str], bytes_: int
) -> None:
    settings.QUOTA_MB = 7  # type: ignore[attr-defined]  # a fixture
    quota_set(owner=ada, most_bytes=99)
    visitor.post(act(ada, "quota"), given)
    assert quota_of(ada.pk) == bytes_


def test_share_links_can_be_revoked_without_deleting_the_album(visitor: Client, ada: User) -> None:
    album = Album.objects.create(owner=ada, name="Holiday")
    links = [ShareLink.objects.create(album=album) for _ in range(2)]
    address = reverse("admin:albums_album_action", args=[album.pk, "withdraw-links"])
    page = visitor.get(address).content.decode()
    assert "2 links" in page
    assert links[0].token not in page
    visitor.post(address)
    assert not ShareLink.objects.exists()
    assert visitor.get(address).status_code == 404, "there is no link to revoke"
