"""The date of a photo on its page and in the API, set by its owner and undone."""

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import Image, PhotoChange
from tests.rows import image_row, stored_image


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def image(ada: User) -> Image:
    """A photo of noon on 15 June 2024, seven hours behind UTC."""
    image = stored_image(ada)
    Image.objects.update(captured_offset=-420, captured_source="exif")
    return image


def now(image: Image) -> str:
    image.refresh_from_db()
    return f"{image.captured.text if image.captured else 'unknown'} {image.captured_source}"


def page(client: Client, image: Image) -> str:
    return client.get(reverse("albums:photo", args=[image.pk])).content.decode()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"date": "1985-08-02", "time": "18:05"}, "1985-08-02T18:05:00 owner"),
        ({"date": "1985-08-02", "time": ""}, "1985-08-02 owner"),
        ({"how": "unknown"}, "unknown owner"),
    ],
)
def test_an_owner_sets_the_date_and_takes_it_back(
    signed_in: Client, image: Image, sent: Mapping[str, str], expected: str
) -> None:
    shown = page(signed_in, image)
    assert "June 15, 2024" in shown
    assert "UTC-07:00" in shown
    signed_in.post(reverse("albums:photo_date", args=[image.pk]), sent)
    assert now(image) == expected
    shown = page(signed_in, image)
    assert "set by you" in shown
    undo = reverse("albums:photo_change_undo", args=[PhotoChange.objects.get().pk])
    assert f'action="{undo}"' in shown
    signed_in.post(undo)
    assert now(image) == "2024-06-15T12:00:00-07:00 exif"


def test_undo_brings_back_the_former_date_of_the_owner(signed_in: Client, image: Image) -> None:
    address = reverse("albums:photo_date", args=[image.pk])
    signed_in.post(address, {"date": "1985-08-02"})
    signed_in.post(address, {"how": "file"})
    assert now(image) == "2024-06-15T12:00:00-07:00 exif"
    undo = reverse("albums:photo_change_undo", args=[PhotoChange.objects.latest("pk").pk])
    signed_in.post(undo)
    assert now(image) == "1985-08-02 owner"
    signed_in.post(undo)
    assert now(image) == "1985-08-02 owner"


@pytest.mark.parametrize("sent", [{"date": "2999-01-01"}, {"date": "1700-01-01"}, {"date": "x"}, {}])
def test_a_date_that_cannot_be_is_refused_with_a_reason(
    signed_in: Client, image: Image, sent: Mapping[str, str]
) -> None:
    signed_in.post(reverse("albums:photo_date", args=[image.pk]), sent)
    assert now(image) == "2024-06-15T12:00:00-07:00 exif"
    assert "viewer-message error" in page(signed_in, image)


def test_a_guess_is_marked(signed_in: Client, ada: User) -> None:
    image = stored_image(ada)
    Image.objects.update(captured_source="file_name")
    assert "guessed from the file name" in page(signed_in, image)
    answer = signed_in.get(f"/api/v1/images/{image.pk}/").json()
    assert (answer["captured_source"], answer["captured_guessed"]) == ("file_name", True)


def test_other_accounts_cannot_set_it(signed_in: Client) -> None:
    other = image_row(User.objects.create_user("eve"), captured_at=None)
    assert (
        signed_in.post(reverse("albums:photo_date", args=[other.pk]), {"how": "unknown"}).status_code == 404
    )
    assert now(other) == "unknown "


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2024-07-01T23:30:00-07:00", "2024-07-01T23:30:00-07:00"),
        ("2024-07-01T23:30:00", "2024-07-01T23:30:00"),
        ("2024-07-01", "2024-07-01"),
        (None, None),
    ],
)
def test_the_api_sets_and_resets_the_date(
    signed_in: Client, image: Image, sent: str | None, expected: str | None
) -> None:
    address = f"/api/v1/images/{image.pk}/"
    before = signed_in.get(address).json()
    assert before["captured_at"] == "2024-06-15T12:00:00-07:00"
    answer = signed_in.patch(address, {"captured_at": sent}, content_type="application/json").json()
    assert (answer["captured_at"], answer["captured_source"]) == (expected, "owner")
    again = signed_in.patch(address, {"captured_from_file": True}, content_type="application/json").json()
    assert again == before


@pytest.mark.parametrize(
    "sent",
    [{"captured_at": "2999-01-01"}, {"captured_at": "soon"}, {"captured_at": "x" * 10_000},
     {"captured_at": 7},
     {"captured_at": "2024-07-01", "captured_from_file": True}],
)  # fmt: skip
def test_the_api_names_what_is_wrong_with_a_date(
    signed_in: Client, image: Image, sent: Mapping[str, object]
) -> None:
    answer = signed_in.patch(f"/api/v1/images/{image.pk}/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["fields"]
    assert now(image) == "2024-06-15T12:00:00-07:00 exif"
