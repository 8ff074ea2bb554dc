"""bin/manage check_integrity: what is wrong is named, and what can be made again is."""

import io
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from albums.models import Image, Job, JobFile, Upload
from albums.services.jobs.context import job_file_put
from albums.services.reading import regeneration
from albums.services.upkeep.integrity import FEW
from albums.services.uploading.uploads import StoreStatus, image_store
from albums.storage import stored_below
from config.commands.reporting import Exit
from faces.models import Face, FaceEmbedding, Person, PersonExemplar, PersonStats, Verdict
from faces.services.core.pixels import portrait_store
from faces.services.people import exemplars
from faces.services.people.edits import faces_confirm, person_name
from faces.services.people.exemplars import exemplars_renew
from faces.services.people.stats import stats_refresh
from tests.albums.photos import whole_photo
from tests.faces.coloured import ColourDetector, face
from tests.rows import DIMENSIONS, new_image, upload_row

OLD = time.time() - 7200


@pytest.fixture
def photos(ada: User, tmp_path: Path, settings: Settings, detector: ColourDetector) -> list[Image]:
    """Three photos as they should be, with a named person, pictures of the faces and counts."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    settings.UPLOAD_FOLDER = tmp_path / "data" / "uploads"
    images = [whole_photo(ada, tmp_path / "given" / f"{seed}.jpg", seed) for seed in range(1, 4)]
    ruby = Person.objects.create(owner=ada)
    for image in images:
        one = face(image, person=ruby)
        one.crop = portrait_store(owner_id=ada.pk, portrait=_grey())
        one.save(update_fields=["crop"])
    person_name(person=ruby, name="Ruby", by=ada)
    faces_confirm(faces=list(ruby.faces.order_by("pk")[:1]), by=ada)
    stats_refresh(owner_id=ada.pk)
    return images


def _grey() -> Any:
    return np.full((64, 64, 3), 128, np.uint8)


def check(*options: str, exit_code: int = 0) -> dict[str, int]:
    """Run the command, check its exit code, and return the findings by code."""
    out = io.StringIO()
    try:
        call_command("check_integrity", "--json", *options, stdout=out)
        result, code = json.loads(out.getvalue()), 0
    except CommandError as error:
        result, code = error.data, error.returncode  # type: ignore[attr-defined]  # ours
    assert code == exit_code, result
    found: dict[str, int] = result["found"]
    return found


def test_an_album_that_is_whole_is_called_so(photos: list[Image]) -> None:
    assert check() == {}
    out = io.StringIO()
    call_command("check_integrity", stdout=out)
    assert out.getvalue() == "No problems found.\n"


def test_what_is_made_from_originals_is_made_again_under_its_name(photos: list[Image]) -> None:
    before = sorted(stored_below(default_storage, "renditions")) + sorted(
        stored_below(default_storage, "faces")
    )
    for name in before:
        default_storage.delete(name)
    assert check(exit_code=Exit.FAILED) == {"rendition_missing": 6, "crop_missing": 3}
    assert check("--repair") == {"rendition_missing": 6, "crop_missing": 3}
    assert (
        sorted(stored_below(default_storage, "renditions")) + sorted(stored_below(default_storage, "faces"))
        == before
    )
    assert check() == {}


def test_files_of_jobs_are_compared_with_their_rows(photos: list[Image], ada: User) -> None:
    job = Job.objects.create(owner=ada, kind="morph", state="done")
    for name in ("whole", "lost", "damaged"):
        job_file_put(job, JobFile.Role.RESULT, name, b"a result", "text/plain").save()
    results = job.results()
    Path(results["lost"].file.path).unlink()
    Path(results["damaged"].file.path).write_bytes(b"a rebult")
    orphan = Path(results["whole"].file.path).with_name("orphan")
    orphan.write_bytes(b"half")
    os.utime(orphan, (OLD, OLD))
    found = {"job_file_missing": 1, "job_file_damaged": 1, "stray_file": 1}
    assert check(exit_code=Exit.FAILED) == found
    assert check("--quick", exit_code=Exit.FAILED) == {"job_file_missing": 1, "stray_file": 1}
    assert check("--repair", exit_code=Exit.FAILED) == found
    assert not orphan.exists()
    assert Path(results["whole"].file.path).read_bytes() == b"a result"


def test_workers_make_again_what_a_restore_asks_for(photos: list[Image]) -> None:
    for folder in ("renditions", "faces"):
        for name in list(stored_below(default_storage, folder)):
            default_storage.delete(name)
    regeneration.regeneration_request()
    assert regeneration.kinds_to_regenerate() == ["crops", "renditions"]
    for name in regeneration.kinds_to_regenerate():
        before = None
        while (before := regeneration.files_regenerate(name=name, before=before)) is not None:
            pass
    assert regeneration.kinds_to_regenerate() == []
    assert check() == {}


def test_a_lost_or_damaged_original_loses_no_data_and_returns_with_its_bytes(
    photos: list[Image], ada: User, tmp_path: Path
) -> None:
    lost, spoilt, _whole = photos
    bytes_of = {image.pk: Path(image.original.path).read_bytes() for image in photos}
    Path(lost.original.path).unlink()
    Path(spoilt.original.path).write_bytes(b"x" * spoilt.size_bytes)
    assert check("--quick", exit_code=Exit.FAILED) == {"original_missing": 1}, "the other has its size"
    assert check("--repair") == {"original_missing": 1, "original_damaged": 1}
    reasons = dict(Image.objects.refused().values_list("pk", "reason"))
    assert reasons == {lost.pk: "missing", spoilt.pk: "damaged"}
    assert (Verdict.objects.count(), Person.objects.get().name, Face.objects.count()) == (1, "Ruby", 3)
    assert check() == {}, "it is known now"

    Path(lost.original.path).write_bytes(bytes_of[lost.pk])
    assert check("--repair") == {"original_back": 1}
    again = tmp_path / "again.jpg"
    again.write_bytes(bytes_of[spoilt.pk])
    assert image_store(owner=ada, source=again, source_path="again.jpg").status == StoreStatus.ADDED
    assert Image.objects.unread().count() == 2
    assert check() == {}


def test_while_most_originals_are_away_none_is_given_up(photos: list[Image], ada: User) -> None:
    Image.objects.bulk_create(new_image(ada, original=f"originals/none/{n}.jpg") for n in range(FEW))
    for image in photos:
        Path(image.original.path).unlink()
    found = check("--repair", exit_code=Exit.FAILED)
    assert found["original_missing"] == FEW + 3
    assert not Image.objects.refused().exists()


def test_a_file_of_nothing_is_put_aside_and_a_young_one_is_left(photos: list[Image], tmp_path: Path) -> None:
    owner = photos[0].owner_id
    orphans = [
        f"originals/{owner}/ab/{'ab' * 32}.jpg",
        f"faces/{owner}/ab/nobody.jpg",
        "renditions/99/x/y.jpg",
    ]
    for name in [*orphans, f"originals/{owner}/ab/young.jpg"]:
        default_storage.save(name, ContentFile(b"stray"))
    for name in orphans:
        os.utime(default_storage.path(name), (OLD, OLD))
    part = tmp_path / "data" / "uploads" / "left.part"
    part.parent.mkdir()
    part.write_bytes(b"left")
    os.utime(part, (OLD, OLD))
    assert check(exit_code=Exit.FAILED) == {"stray_file": 3, "stray_upload": 1}
    assert check("--repair") == {"stray_file": 3, "stray_upload": 1}
    aside = tmp_path / "data" / "lost-found"
    assert sorted(path.relative_to(aside).as_posix() for path in aside.rglob("*.*")) == sorted(
        [*orphans, "uploads/left.part"]
    )
    assert check() == {}


def test_vectors_counts_and_places_are_put_right(photos: list[Image], ada: User) -> None:
    first, second, third = Face.objects.order_by("pk")
    FaceEmbedding.objects.filter(face=first).delete()
    FaceEmbedding.objects.filter(face=second).update(vector=[2.0] * DIMENSIONS)
    stats_refresh(owner_id=ada.pk)
    PersonStats.objects.update(faces=99)
    Face.objects.filter(pk=third.pk).update(binned=True)
    stats_refresh(owner_id=ada.pk)
    PersonStats.objects.update(faces=98)
    wrong = {"vector_missing": 1, "vector_misshapen": 1, "tally_wrong": 1, "face_in_the_wrong_place": 1}
    assert check(exit_code=Exit.FAILED) == wrong
    # What was of a wrong length is lacking once it is taken away.
    found = check("--repair")
    assert found["face_in_the_wrong_place"] == found["vector_misshapen"] == 1
    assert check() == {}
    assert Verdict.objects.count() == 1


def test_exemplars_are_put_right(photos: list[Image], ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exemplars, "EXEMPLARS_FROM", 1)
    assert exemplars_renew(owner_id=ada.pk) == 1
    stored = PersonExemplar.objects.values_list("faces", flat=True)
    faces = list(stored)
    PersonExemplar.objects.update(faces=[0])
    PersonExemplar.objects.create(person_id=10**9, owner=ada, model="facenet128")
    assert check(exit_code=Exit.FAILED) == {"exemplar_wrong": 1, "exemplar_of_nobody": 1}
    check("--repair")
    assert check() == {}
    assert list(stored) == faces


def test_only_the_named_owners_album_is_looked_at(photos: list[Image], grace: User) -> None:
    Path(photos[0].original.path).unlink()
    assert check("--owner", "grace") == {}
    assert check("--owner", "ada", exit_code=Exit.FAILED) == {"original_missing": 1}


def test_an_upload_that_lost_its_bytes_begins_again(photos: list[Image], ada: User) -> None:
    upload = upload_row(ada, name="a.jpg", size_bytes=9, received_bytes=4)
    assert check() == {}, "it is young"
    Upload.objects.filter(pk=upload.pk).update(changed_at="2020-01-01T00:00:00Z")
    assert check("--repair") == {"upload_lost": 1}
    assert Upload.objects.get().received_bytes == 0


def test_a_large_album_costs_no_query_a_photo(photos: list[Image], ada: User, tmp_path: Path) -> None:
    with CaptureQueriesContext(connection) as few:
        check()
    for seed in range(4, 12):
        whole_photo(ada, tmp_path / "given" / f"{seed}.jpg", seed)
    with CaptureQueriesContext(connection) as more:
        check()
    assert len(more) == len(few)
