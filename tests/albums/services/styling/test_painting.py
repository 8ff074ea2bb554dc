"""Jobs that paint a photo, previews, examples, and paintings that become photos."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from PIL import ExifTags
from PIL import Image as Pillow

from albums import imaging
from albums.exceptions import JobCode, JobFailed, PictureLinkCode, StyleCode
from albums.imaging import Capture, CaptureSource
from albums.imaging.effects.neutral_picture import neutral_picture
from albums.imaging.effects.style_options import BRUSHES
from albums.models import Album, Image, Job
from albums.services.arranging.albums import album_add_images
from albums.services.jobs.jobs import JobUpload, job_create
from albums.services.jobs.running import job_run
from albums.services.reading.renditions import image_read
from albums.services.styling import painting
from albums.services.styling.examples import style_example
from albums.services.styling.previews import style_preview
from albums.services.styling.saving import result_albums, result_save
from albums.services.styling.styles import BUILTIN_STYLES, builtin_style_named
from albums.services.uploading.uploads import StoreStatus, image_store

STARRY = {"source": "builtin", "style": "starry-night"}


@pytest.fixture(autouse=True)
def _models(install, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MODELS_DIR = install("style_builtin", "style_reader", "style_painter")
    settings.STYLE_EXAMPLES_DIR = tmp_path / "examples"
    for brush in BRUSHES:
        monkeypatch.setitem(BRUSHES, brush, 40_000)


def photo_of(owner: User, folder: Path, *, turned: bool = False) -> Image:
    """A ready photo of a landscape, 240 pixels wide, taken on a summer day."""
    pixels = neutral_picture()[::2, ::2]
    jpeg = imaging.encode_jpeg(
        np.ascontiguousarray(pixels[:, ::-1] if turned else pixels),
        captured=Capture(datetime.fromisoformat("2021-07-03T10:30"), CaptureSource.EXIF, 120),
    )
    path = folder / f"lake{turned}.jpg"
    path.write_bytes(jpeg.data)
    image = image_store(owner=owner, source=path, source_path="lake.jpg").image
    assert image is not None
    assert image_read(image=image)
    return image


@pytest.fixture
def photo(ada: User, tmp_path: Path) -> Image:
    return photo_of(ada, tmp_path)


def painted(
    owner: User, inputs: dict[str, Any], options: dict[str, Any] | None = None, **files: JobUpload
) -> Job:
    """The job after its run."""
    job = job_create(owner=owner, kind="style", inputs=inputs, options=options, files=files)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, (job.reason, job.detail)
    return job


def pixels_of(job: Job) -> np.ndarray:
    with job.results()["painting.jpg"].file.open("rb") as file:
        return imaging.decode(io.BytesIO(file.read()))


def test_a_photo_is_painted_in_a_built_in_style(ada: User, photo: Image) -> None:
    job = painted(ada, {"image": photo.pk, **STARRY})
    assert job.result == {"width": 256, "height": 192}
    assert list(job.results()) == ["painting.jpg"]
    pixels = pixels_of(job)
    assert pixels.shape == (192, 256, 3)
    assert np.abs(pixels.astype(int) - neutral_picture()[::2, ::2]).mean() > 20


def test_a_photo_is_painted_in_the_style_of_an_upload_and_of_another_photo(
    ada: User, photo: Image, tmp_path: Path
) -> None:
    red = np.zeros((90, 120, 3), np.uint8)
    red[::6] = red[:, ::8] = (220, 40, 30)
    upload = JobUpload(imaging.encode_jpeg(red).data, "image/jpeg")
    uploaded = pixels_of(painted(ada, {"image": photo.pk, "source": "upload"}, style=upload))
    other = photo_of(ada, tmp_path, turned=True)
    own = pixels_of(painted(ada, {"image": photo.pk, "source": "photo", "style_image": other.pk}))
    assert uploaded[..., 0].mean() - uploaded[..., 2].mean() > own[..., 0].mean() - own[..., 2].mean() + 20


def test_a_preview_is_shown_before_the_end(ada: User, photo: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    monkeypatch.setattr(
        "albums.services.jobs.context.JobContext.preview",
        lambda _context, name, content, _type: names.append(f"{name} {content[:2].hex()}"),
    )
    painted(ada, {"image": photo.pk, **STARRY})
    assert names == ["preview.jpg ffd8"]


def test_the_result_is_as_small_as_wanted_and_a_huge_photo_is_limited(
    ada: User, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "SMALLEST", 100)
    assert painted(ada, {"image": photo.pk, **STARRY}, {"long_side": 128}).result["width"] == 128
    monkeypatch.setattr(painting, "MOST_PIXELS", 192 * 64)
    width = painted(ada, {"image": photo.pk, **STARRY}).result["width"]
    assert width * width * 192 // 256 <= 192 * 64


def test_the_photo_of_another_account_cannot_be_painted(grace: User, photo: Image) -> None:
    for inputs in ({"image": photo.pk, **STARRY}, {"source": "photo", "style_image": photo.pk}):
        with pytest.raises(JobFailed) as failure:
            job_create(owner=grace, kind="style", inputs=inputs)
        assert failure.value.code == JobCode.PHOTO_GONE


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"source": "builtin", "style": "cubism"}, StyleCode.UNKNOWN),
        ({"source": "builtin"}, StyleCode.UNKNOWN),
        ({"source": "memory"}, StyleCode.UNKNOWN),
        ({}, StyleCode.UNKNOWN),
        ({"source": "photo", "style_image": "7"}, JobCode.PHOTO_GONE),
        ({"source": "link", "style_link": "https://example.org/a.jpg"}, PictureLinkCode.OFF),
    ],
)
def test_a_style_that_cannot_be_used_is_refused(
    ada: User, photo: Image, inputs: dict[str, Any], code: str
) -> None:
    with pytest.raises(JobFailed) as failure:
        job_create(owner=ada, kind="style", inputs={"image": photo.pk, **inputs})
    assert failure.value.code == code


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"strength": 2}, "strength"),
        ({"strength": "much"}, "strength"),
        ({"strength": True}, "strength"),
        ({"brush": 9}, "brush"),
        ({"keep_colours": 1}, "keep_colours"),
        ({"long_side": 3}, "long_side"),
        ({"long_side": 1e9}, "long_side"),
        ({"speed": 3}, "speed"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    ada: User, photo: Image, options: dict[str, Any], name: str
) -> None:
    with pytest.raises(JobFailed) as failure:
        job_create(owner=ada, kind="style", inputs={"image": photo.pk, **STARRY}, options=options)
    assert (failure.value.code, failure.value.values) == (StyleCode.BAD_OPTION, {"name": name})


def test_a_missing_model_ends_the_job_with_the_command_that_installs_it(
    ada: User, photo: Image, settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path / "none"
    job = job_create(owner=ada, kind="style", inputs={"image": photo.pk, **STARRY})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (Job.State.FAILED, StyleCode.MODEL_MISSING)
    assert "bin/manage fetch_models style_builtin" in job.detail


def test_a_bad_upload_ends_the_job_with_its_reason(ada: User, photo: Image) -> None:
    files = {"style": JobUpload(b"no picture at all", "image/jpeg")}
    inputs = {"image": photo.pk, "source": "upload"}
    job = job_create(owner=ada, kind="style", inputs=inputs, files=files)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (Job.State.FAILED, "not_an_image")


def test_a_painting_becomes_a_photo_that_remembers_what_it_was_made_of(ada: User, photo: Image) -> None:
    album = Album.objects.create(owner=ada, name="Lakes")
    album_add_images(album=album, images=[photo])
    job = painted(ada, {"image": photo.pk, **STARRY})
    assert result_albums(job) == [album]
    file = job.results()["painting.jpg"]
    outcome = result_save(file=file, album=album)
    assert outcome.status == StoreStatus.ADDED
    saved = outcome.image
    assert saved is not None
    assert (saved.owner, saved.made_from) == (ada, photo)
    assert saved.made_with == {"kind": "style", "inputs": {"image": photo.pk, **STARRY}, "options": {}}
    assert saved.name == "lake (starry-night).jpg"
    assert album.entries.filter(image=saved).exists()
    assert image_read(image=saved)
    saved.refresh_from_db()
    photo.refresh_from_db()
    assert saved.captured == photo.captured, "the two stand side by side"
    assert result_save(file=file).status == StoreStatus.ALREADY_THERE
    photo.delete()
    saved.refresh_from_db()
    assert saved.made_from is None


def test_only_a_picture_that_a_job_made_becomes_a_photo(ada: User, photo: Image) -> None:
    upload = JobUpload(imaging.encode_jpeg(neutral_picture()).data, "image/jpeg")
    job = painted(ada, {"image": photo.pk, "source": "upload"}, style=upload)
    with pytest.raises(JobFailed) as failure:
        result_save(file=job.uploads()["style"])
    assert failure.value.code == StyleCode.NOT_A_PICTURE


def test_a_painting_has_the_date_of_its_photo_and_no_other_metadata(ada: User, photo: Image) -> None:
    with painted(ada, {"image": photo.pk, **STARRY}).results()["painting.jpg"].file.open("rb") as file:
        exif = Pillow.open(file).getexif()
    assert dict(exif.get_ifd(ExifTags.IFD.Exif)) == {
        ExifTags.Base.DateTimeOriginal: "2021:07:03 10:30:00",
        ExifTags.Base.OffsetTimeOriginal: "+02:00",
    }


def test_a_preview_needs_no_job(photo: Image) -> None:
    jpeg = style_preview(image=photo, inputs={"image": photo.pk, **STARRY}, options={}, picture=None)
    shown = imaging.decode(io.BytesIO(jpeg.data))
    assert shown.std() > 10
    assert not Job.objects.exists()


def test_an_example_is_rendered_once(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BRUSHES, 3, 1_000_000)
    style = builtin_style_named("great-wave")
    content = style_example(style)
    assert imaging.decode(io.BytesIO(content)).shape == (288, 384, 3)
    (file,) = settings.STYLE_EXAMPLES_DIR.iterdir()
    file.write_bytes(b"as stored")
    assert style_example(style) == b"as stored"


def test_styles_have_names_of_their_own() -> None:
    assert [style.number for style in BUILTIN_STYLES] == list(range(26))
    assert (
        len({style.slug for style in BUILTIN_STYLES}) == len({style.label for style in BUILTIN_STYLES}) == 26
    )
    assert builtin_style_named("starry-night").label == "Vincent van Gogh, The Starry Night"
