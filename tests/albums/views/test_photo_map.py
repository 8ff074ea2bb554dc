"""The map: clusters by zoom, the photos of a part, and what is drawn without a network."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from albums.models import Image
from config import env
from tests.rows import new_image

LYON, VILLEURBANNE, SYDNEY = (45.764, 4.8357), (45.7719, 4.8902), (-33.8688, 151.2093)
WORLD = "-180,-85,180,85"


@pytest.fixture
def photos(ada: User) -> list[Image]:
    """Three photos in Lyon, one beside it, two at the other end of the world, and one without a position."""
    places = [LYON, LYON, LYON, VILLEURBANNE, SYDNEY, SYDNEY]
    rows = [new_image(ada, latitude=latitude, longitude=longitude) for latitude, longitude in places]
    return Image.objects.bulk_create([*rows, new_image(ada)])


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def _counts(client: Client, area: str, zoom: int) -> list[int]:
    answer = client.get("/map/clusters/", {"area": area, "zoom": str(zoom)}).json()
    assert answer["photos"] == sum(one["photos"] for one in answer["clusters"])
    return [one["photos"] for one in answer["clusters"]]


def test_clusters_part_the_closer_one_looks(
    signed_in: Client, photos: list[Image], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert _counts(signed_in, WORLD, 2) == [4, 2]
    assert _counts(signed_in, WORLD, 14) == [3, 2, 1]
    assert _counts(signed_in, "4,45,5,46", 14) == [3, 1]
    assert _counts(signed_in, "-10,-10,0,0", 5) == []
    with django_assert_num_queries(3):
        # The session, the account, and the clusters, however many there are.
        signed_in.get("/map/clusters/", {"area": WORLD, "zoom": "14"})


def test_a_cluster_leads_to_its_photos_and_one_photo_to_its_page(
    signed_in: Client, photos: list[Image]
) -> None:
    many, other, one = signed_in.get("/map/clusters/", {"area": WORLD, "zoom": "14"}).json()["clusters"]
    assert signed_in.get(many["url"]).context["photo_count"] == 3
    assert signed_in.get(other["url"]).context["photo_count"] == 2
    assert one["url"].startswith(f"/photos/{photos[3].pk}/?search=area")
    fragment = signed_in.get("/map/photos/", {"area": "4,45,5,46"})
    assert fragment.context["photo_count"] == 4
    assert signed_in.get(fragment.context["search_url"]).context["photo_count"] == 4


def test_an_area_over_the_180th_meridian_has_the_photos_on_both_sides(signed_in: Client, ada: User) -> None:
    rows = [new_image(ada, latitude=-17.0, longitude=longitude) for longitude in (179.9, -179.9, 170.0, 0.0)]
    Image.objects.bulk_create(rows)
    fiji = "175,-20,-175,-10"
    answer = signed_in.get("/map/clusters/", {"area": fiji, "zoom": "6"}).json()
    (joined,) = answer["clusters"]
    assert (joined["photos"], joined["west"], joined["east"]) == (2, 179.9, -179.9)
    assert signed_in.get(joined["url"]).context["photo_count"] == 2, "its address has both"
    listed = signed_in.get("/api/v1/images/", {"area": fiji}).json()["results"]
    assert len(listed) == 2
    assert signed_in.get("/search/", {"area": fiji}).status_code == 200
    far = signed_in.get("/map/clusters/", {"area": fiji, "zoom": "14"}).json()["clusters"]
    assert [one["photos"] for one in far] == [1, 1]
    towns = signed_in.get("/map/towns/", {"area": "177,-19,-179,-16"}).json()["towns"]
    assert "Suva" in {town[0] for town in towns}
    # At first the map shows the least part of the world with all photos.
    Image.objects.filter(longitude=0).update(longitude=-170)
    shown = signed_in.get("/map/").context["area"]
    assert (shown.west, shown.east) == (170.0, -170.0)


def test_another_account_the_bin_and_unread_files_are_on_no_map(
    signed_in: Client, photos: list[Image]
) -> None:
    bob = User.objects.create_user("bob")
    Image.objects.bulk_create([new_image(bob, latitude=1, longitude=1)])
    Image.objects.filter(pk=photos[0].pk).update(state=Image.State.STORED)
    Image.objects.filter(pk=photos[1].pk).update(binned_at="2026-01-01T00:00Z")
    assert sorted(_counts(signed_in, WORLD, 14)) == [1, 1, 2]


@pytest.mark.parametrize("area", ["", "1,2,3", "4,1,5,0", "200,0,1,1", "0,0,0,91", "nan,0,1,1", "a,b,c,d"])
def test_no_area_is_a_sentence(signed_in: Client, area: str) -> None:
    for address in ("/map/clusters/", "/map/photos/", "/map/towns/"):
        response = signed_in.get(address, {"area": area, "zoom": "3"})
        assert (response.status_code, b"Missing area" in response.content) == (400, True)
    assert signed_in.get("/search/", {"area": area}).status_code == 200
    assert signed_in.get("/api/v1/map/clusters/", {"area": area}).status_code == 400


def test_without_a_network_there_are_coastlines_borders_and_towns(signed_in: Client) -> None:
    response = signed_in.get("/map/world/", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) < 200_000
    world = signed_in.get("/map/world/").json()
    assert len(world["countries"]) > 200
    # France, in cells of 10 degrees: Lyon is in the fifth row and the nineteenth column.
    cell = 4 * 36 + 18
    near = [number for number, one in enumerate(world["countries"]) if cell in one["cells"]]
    assert 3 < len(near) < 15
    fine = signed_in.get(f"/map/countries/{near[0]}/").json()
    assert fine["steps"] > world["steps"]
    for steps, rings in (
        (fine["steps"], fine["rings"]),
        (world["steps"], world["countries"][near[0]]["rings"]),
    ):
        for ring in rings:
            assert 0 <= sum(ring[::2]) <= steps
            assert (sum(ring[2::2]), sum(ring[3::2])) == (0, 0), "a ring ends where it begins"
    assert signed_in.get("/map/countries/9999/").status_code == 404
    towns = signed_in.get("/map/towns/", {"area": "4.5,45.5,5.1,46"}).json()["towns"]
    assert towns[0][0] == "Lyon"


def test_the_page_may_load_from_the_operators_tile_server_only(
    signed_in: Client, photos: list[Image], settings: Settings
) -> None:
    policy = "Content-Security-Policy"
    assert "http" not in signed_in.get("/map/").headers[policy]
    settings.MAP_TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
    settings.MAP_ATTRIBUTION = "© The People of Example"
    page = signed_in.get("/map/")
    assert "img-src 'self' https://tiles.example.org data: blob:;" in page.headers[policy]
    assert "© The People of Example" in page.content.decode()
    assert "tiles.example.org" not in signed_in.get("/").headers[policy]


@pytest.mark.parametrize(
    "value", ["tiles.example.org", "https://a.org/{z}/{x}.png", "https://a.org;x/{z}/{x}/{y}"]
)
def test_another_tile_address_is_refused_at_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROMBINE_MAP_TILES", value)
    with pytest.raises(ImproperlyConfigured, match="TROMBINE_MAP_TILES"):
        env.tiles("TROMBINE_MAP_TILES")


def test_a_photo_links_to_its_place_on_the_map(signed_in: Client, photos: list[Image]) -> None:
    page = signed_in.get(f"/photos/{photos[3].pk}/").content.decode()
    assert 'href="/map/#13/45.77190/4.89020"' in page
    assert "/map/#" not in signed_in.get(f"/photos/{photos[6].pk}/").content.decode()


def test_the_api_has_the_clusters_and_filters_by_their_area(signed_in: Client, photos: list[Image]) -> None:
    answer = signed_in.get("/api/v1/map/clusters/", {"zoom": "14"}).json()
    assert (answer["photos"], [one["photos"] for one in answer["clusters"]]) == (6, [3, 2, 1])
    listed = signed_in.get("/api/v1/images/", {"area": answer["clusters"][0]["area"]}).json()
    assert {one["id"] for one in listed["results"]} == {photo.pk for photo in photos[:3]}
