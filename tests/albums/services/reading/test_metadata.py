"""Metadata and the towns of positions are stored in rows."""

from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import ExifTags
from PIL import Image as Pillow

from albums import tasks
from albums.models import Image
from albums.services.reading.metadata import VERSION, images_describe, images_undescribed
from albums.services.reading.places import place_of
from albums.services.reading.renditions import image_read
from tests.rows import stored_image


def jpeg_of_lyon() -> bytes:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Model] = "X100"
    exif[ExifTags.Base.ImageDescription] = "At the river"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (45.0, 45.0, 0.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (4.0, 51.0, 0.0),
        }
    )
    file = BytesIO()
    Pillow.new("RGB", (64, 48)).save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.fixture
def old_photo(ada: User) -> Image:
    """A photo that was read before the app stored metadata."""
    image = stored_image(ada)
    image.original.save("lyon.jpg", ContentFile(jpeg_of_lyon()))
    return image


def test_reading_a_photo_stores_its_position_and_camera(old_photo: Image) -> None:
    assert image_read(image=old_photo)
    old_photo.refresh_from_db()
    assert (old_photo.camera, old_photo.description) == ("X100", "At the river")
    assert (old_photo.place, old_photo.country, old_photo.place_label) == ("Lyon", "FR", "Lyon, France")
    assert old_photo.facts == {"read": VERSION}
    assert not images_undescribed().exists()


def test_photos_without_metadata_are_read_again_exactly_once(old_photo: Image, ada: User) -> None:
    gone = stored_image(ada, number=2)
    gone.original.storage.delete(str(gone.original.name))
    stored_image(ada, number=3, state=Image.State.STORED)
    Image.objects.filter(pk=old_photo.pk).update(description="As I say")
    assert images_describe(count=1) == 1
    assert images_describe(count=10) == 1
    assert images_describe(count=10) == 0
    old_photo.refresh_from_db()
    assert (old_photo.place, old_photo.description) == ("Lyon", "As I say")


def test_an_outdated_place_is_updated_without_reading_the_file(ada: User) -> None:
    image = stored_image(ada)
    Image.objects.update(
        latitude=52.456,
        longitude=13.332,
        place="Steglitz, Germany",
        facts={"iso": "100", "read": 1},
        camera="X100",
    )
    image.original.storage.delete(str(image.original.name))
    assert images_describe(count=10) == 1
    image.refresh_from_db()
    assert (image.place_label, image.camera) == ("Berlin, Germany", "X100")
    assert image.facts == {"iso": "100", "read": VERSION}


def test_the_command_processes_all_photos(old_photo: Image) -> None:
    answer = StringIO()
    call_command("read_metadata", stdout=answer)
    assert "1 photo read" in answer.getvalue()
    assert not images_undescribed().exists()


def test_the_task_enqueues_itself_while_photos_remain(
    old_photo: Image, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_image(ada, number=2)
    enqueued: list[int] = []
    monkeypatch.setattr(tasks, "DESCRIBED_AT_ONCE", 1)
    monkeypatch.setattr(tasks.read_metadata, "delay", lambda: enqueued.append(1))
    tasks.read_metadata()
    tasks.read_metadata()
    assert enqueued == [1, 1]
    tasks.read_metadata()
    assert enqueued == [1, 1]
    assert not images_undescribed().exists()


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (45.75, 4.85, "Lyon, FR"),
        (45.767, 4.88, "Villeurbanne, FR"),
        (40.71, -74.0, "New York City, US"),
        (1.35, 103.82, "Singapore, SG"),
        # Quarters count as their city; suburbs and villages have their own names.
        (52.456, 13.332, "Berlin, DE"),
        (48.8867, 2.3431, "Paris, FR"),
        (40.7829, -73.9654, "New York City, US"),
        (41.4036, 2.1744, "Barcelona, ES"),
        (41.3597, 2.1003, "L'Hospitalet de Llobregat, ES"),
        (40.744, -74.032, "Hoboken, US"),
        (46.9778, 4.7686, "Meursault, FR"),
        # Distances work across the date line.
        (-16.43, -179.99, "Labasa, FJ"),
        (0.0, -30.0, ""),
        (90.0, 0.0, ""),
        (None, None, ""),
    ],
)
def test_a_position_has_the_name_of_its_town(
    latitude: float | None, longitude: float | None, place: str
) -> None:
    assert ", ".join(filter(None, place_of(latitude, longitude))) == place
