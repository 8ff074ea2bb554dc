"""Downloads continue where they stopped."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image
from tests.rows import drawn_jpeg, stored_image, whole

CONTENT = drawn_jpeg(96, 64, shade=1)
SIZE = len(CONTENT)


@pytest.fixture
def image(owner: User) -> Image:
    return stored_image(owner)


@pytest.mark.parametrize(
    ("requested", "part"),
    [
        ("bytes=0-9", CONTENT[:10]),
        ("bytes=10-", CONTENT[10:]),
        ("bytes=-7", CONTENT[-7:]),
        (f"bytes=5-{10 * SIZE}", CONTENT[5:]),
        (f"bytes=-{10 * SIZE}", CONTENT),
    ],
)
def test_a_partial_response_has_its_range(
    signed_in: Client, image: Image, requested: str, part: bytes
) -> None:
    answer = signed_in.get(f"/photos/{image.pk}/original", headers={"Range": requested})
    assert answer.status_code == 206
    assert whole(answer) == part
    first = CONTENT.index(part) if len(part) < SIZE else 0
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("requested", ["bytes=0-1,5-6", "pages=1-2", "bytes=-", "bytes=9-2", "bytes=a-b"])
def test_an_unsupported_range_returns_the_whole_file(signed_in: Client, image: Image, requested: str) -> None:
    answer = signed_in.get(f"/photos/{image.pk}/original", headers={"Range": requested})
    assert (answer.status_code, whole(answer)) == (200, CONTENT)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_range_beyond_the_end_is_not_satisfiable(signed_in: Client, image: Image) -> None:
    answer = signed_in.get(f"/photos/{image.pk}/original", headers={"Range": f"bytes={SIZE}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_a_range_of_another_version_returns_the_whole_file(signed_in: Client, image: Image) -> None:
    url = f"/photos/{image.pk}/original"
    tag = signed_in.get(url).headers["ETag"]
    same = signed_in.get(url, headers={"Range": "bytes=0-3", "If-Range": tag})
    assert (same.status_code, whole(same)) == (206, CONTENT[:4])
    other = signed_in.get(url, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
    assert (other.status_code, whole(other)) == (200, CONTENT)
