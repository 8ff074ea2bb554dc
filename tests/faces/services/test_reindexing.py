"""Looking again with other models, stubbed at their seams: what is kept, resumed, planned and undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from albums.models import Image
from faces.conf import FaceSettings
from faces.models import (
    Change,
    Face,
    FaceEmbedding,
    FaceScan,
    OwnerModels,
    Person,
    StagedFace,
    StagedScan,
    Verdict,
)
from faces.services import detection, embeddings, staging
from faces.services.clustering import owner_recluster
from faces.services.detection import scans_claim, scans_open, scans_run
from faces.services.embeddings import embeddings_fill, faces_lacking
from faces.services.journal import change_undo
from faces.services.owner_models import owner_models
from faces.services.people import faces_confirm, faces_dismiss, faces_reject, person_name
from faces.services.pictures import PhotoUnreadable
from faces.services.reindexing import LOCK_NAMESPACE, Outcome, ReindexUnderWay, reindex, reindex_wish
from faces.vision.clustering import join_rule
from faces.vision.model_table import MODELS, Purpose, model_matching
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box, Detection
from tests.page_rows import image_rows

pytestmark = pytest.mark.django_db
SIDE = 500
PHOTOS = 9
PEOPLE = 3
OLD, NEW = "facenet128", "sface128"


@dataclass
class Studio:
    """Photos with people in a row. A detector may miss (photo, place), and see boxes a little aside."""

    owner: User
    who: dict[int, list[int]] = field(default_factory=dict)
    missed: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    shift: dict[str, float] = field(default_factory=dict)
    embedded: list[int] = field(default_factory=list)
    stop_after: int | None = None

    def pixels(self, image: Image) -> np.ndarray:
        if image.pk in self.unreadable:
            raise PhotoUnreadable("missing", "It is gone.")
        picture = np.zeros((SIDE, SIDE, 3), np.uint8)
        picture[0, 0] = divmod(image.pk, 256)[0] % 256, image.pk % 256, 0
        return picture

    def photo_of(self, picture: np.ndarray) -> int:
        return int(picture[0, 0, 0]) * 256 + int(picture[0, 0, 1])

    def pipeline(self, models: FaceSettings) -> FacePipeline:
        return FacePipeline(Spotter(self, models.detector), Looker(self, models.embedder))

    def add(self, image: Image, *who: int) -> Image:
        self.who[image.pk] = list(who)
        scans_open([image.pk])
        scans_run(scans_claim([image.pk]))
        return image

    def face(self, image: Image, place: int) -> Face:
        return next(face for face in image.faces.all() if round((face.x - 0.05) / 0.25) == place)


class Spotter:
    def __init__(self, studio: Studio, name: str) -> None:
        self.studio, self.name = studio, name

    def detect(self, picture: np.ndarray, /) -> list[Detection]:
        photo = self.studio.photo_of(picture)
        missed = self.studio.missed.get(self.name, set())
        shift = self.studio.shift.get(self.name, 0.0)
        boxes = [
            Box((0.05 + 0.25 * place + shift) * SIDE, 0.1 * SIDE, 0.2 * SIDE, 0.2 * SIDE)
            for place in range(len(self.studio.who[photo]))
            if (photo, place) not in missed
        ]
        points = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
        return [
            Detection(box, np.asarray(points * [box.w, box.h] + [box.x, box.y], np.float32), 0.95)
            for box in boxes
        ]


class Looker:
    dimensions = 128

    def __init__(self, studio: Studio, name: str) -> None:
        self.studio, self.name = studio, name
        self.looks = np.random.default_rng(len(name)).normal(size=(20, 128))

    def crop(self, picture: np.ndarray, detection: Detection, /) -> np.ndarray:
        place = round((detection.box.x / SIDE - 0.05) / 0.25)
        crop = np.random.default_rng(3).integers(0, 255, (64, 64, 3), dtype=np.uint8)
        photo = self.studio.photo_of(picture)
        crop[0, 0] = self.studio.who[photo][place], photo % 256, place
        return crop

    def embed(self, crops: np.ndarray, /) -> np.ndarray:
        rows = []
        for crop in crops:
            if self.studio.stop_after is not None and len(self.studio.embedded) >= self.studio.stop_after:
                raise KeyboardInterrupt
            who, photo, place = (int(value) for value in crop[0, 0])
            self.studio.embedded.append(photo)
            noise = np.random.default_rng(photo * 7 + place).normal(size=128)
            row = self.looks[who] + 0.4 * noise
            rows.append(row / np.linalg.norm(row))
        return np.asarray(rows, np.float32)


@pytest.fixture
def studio(owner: User, monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio(owner)
    for module in (detection, embeddings, staging):
        monkeypatch.setattr(module, "get_pipeline", studio.pipeline)
        monkeypatch.setattr(module, "photo_pixels", studio.pixels)
    images = image_rows(owner, PHOTOS)
    for number, image in enumerate(images):
        studio.add(image, *(who for who in range(PEOPLE) if who != number % (PEOPLE + 1)))
    owner_recluster(owner)
    studio.embedded.clear()
    return studio


def name_everyone(owner: User) -> dict[int, str]:
    for number, person in enumerate(Person.objects.filter(owner=owner).order_by("pk")):
        person_name(person=person, name=f"Somebody {number}", by=owner)
        faces_confirm(faces=list(person.faces.order_by("pk")[:2]), by=owner)
    return dict(Person.objects.filter(owner=owner).values_list("pk", "name"))


def run(owner: User, *, plan: bool = False, **wish: Any) -> Outcome:
    return reindex(reindex_wish(owner=owner, **wish), plan=plan, progress=lambda kind, count: None)


def everything(owner: User, *, derived: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All that is known of an owner's people; `derived` includes what was computed beside."""
    tables: list[Any] = [Person, Face, Verdict, OwnerModels, FaceScan, Change]
    if derived:
        tables += [FaceEmbedding, StagedScan, StagedFace]
    rows = {}
    for table in tables:
        fields = [one.attname for one in table._meta.concrete_fields if one.attname not in {"vector", "at"}]
        rows[table.__name__] = [
            tuple(map(str, row)) for row in table.objects.order_by("pk").values_list(*fields)
        ]
    return rows


def places(owner: User) -> dict[int, int | None]:
    return dict(Face.objects.filter(image__owner=owner).values_list("pk", "person_id"))


def test_another_model_keeps_every_name_on_the_same_person(owner: User, studio: Studio) -> None:
    names = name_everyone(owner)
    assert len(names) == PEOPLE
    before, verdicts = places(owner), set(Verdict.objects.values_list("pk", "face_id", "person_id", "kind"))
    outcome = run(owner, embedder=NEW)
    assert owner_models(owner.pk).embedder == NEW
    assert places(owner) == before
    assert set(Verdict.objects.values_list("pk", "face_id", "person_id", "kind")) == verdicts
    assert dict(Person.objects.values_list("pk", "name")) == names
    assert outcome.people is not None
    assert (outcome.people.names_lost, outcome.people.facts_lost, outcome.people.moved) == (0, 0, 0)
    faces = Face.objects.count()
    assert FaceEmbedding.objects.filter(model=OLD).count() == faces
    assert FaceEmbedding.objects.filter(model=NEW).count() == faces


def test_back_again_nothing_has_to_be_computed(owner: User, studio: Studio) -> None:
    run(owner, embedder=NEW)
    studio.embedded.clear()
    run(owner, embedder=OLD)
    assert owner_models(owner.pk).embedder == OLD
    assert studio.embedded == []


def test_a_plan_changes_nothing_and_says_what_the_run_then_does(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    studio.missed["yunet"] = {(image, 0) for image in studio.who}
    before = everything(owner, derived=False)
    plan = run(owner, plan=True, detector="yunet")
    assert everything(owner, derived=False) == before
    done = run(owner, detector="yunet")
    assert plan == done
    assert everything(owner, derived=False) != before


def test_interrupted_it_goes_on_where_it_ended(owner: User, studio: Studio) -> None:
    before = everything(owner, derived=False)
    studio.stop_after = 10
    with pytest.raises(KeyboardInterrupt):
        run(owner, embedder=NEW)
    assert everything(owner, derived=False) == before
    done = set(FaceEmbedding.objects.filter(model=NEW).values_list("face__image_id", flat=True))
    studio.stop_after = None
    studio.embedded.clear()
    run(owner, embedder=NEW)
    assert not done & set(studio.embedded)
    assert FaceEmbedding.objects.filter(model=NEW).count() == Face.objects.count()


def test_detection_goes_on_where_it_ended(owner: User, studio: Studio) -> None:
    before = everything(owner, derived=False)
    studio.stop_after = 19
    with pytest.raises(KeyboardInterrupt):
        run(owner, detector="yunet")
    assert everything(owner, derived=False) == before
    done = set(StagedScan.objects.filter(state="done").values_list("image_id", flat=True))
    assert done
    assert not StagedScan.objects.exclude(attempts=0).exists()
    studio.stop_after = None
    studio.embedded.clear()
    run(owner, detector="yunet")
    assert not done & set(studio.embedded)
    assert set(Face.objects.values_list("detector", flat=True)) == {"yunet"}
    assert not StagedScan.objects.exists()


def test_a_photo_that_arrives_meanwhile_is_filled_in_before_the_switch(owner: User, studio: Studio) -> None:
    arrived: list[Image] = []

    def arrive(kind: str, count: int) -> None:
        if not arrived:
            image = Image.objects.create(
                owner=owner, sha256="f" * 64, source_path="late.jpg", size_bytes=1, state=Image.State.READY
            )
            arrived.append(studio.add(image, 0, 1))

    reindex(reindex_wish(owner=owner, embedder=NEW), plan=False, progress=arrive)
    assert set(arrived[0].faces.values_list("embeddings__model", flat=True)) == {OLD, NEW}
    assert not arrived[0].faces.filter(person=None).exists()


def test_a_photo_that_arrives_while_faces_are_looked_for_is_looked_at_too(
    owner: User, studio: Studio
) -> None:
    arrived: list[Image] = []

    def arrive(kind: str, count: int) -> None:
        if not arrived:
            image = Image.objects.create(
                owner=owner, sha256="f" * 64, source_path="late.jpg", size_bytes=1, state=Image.State.READY
            )
            arrived.append(studio.add(image, 0, 1))

    reindex(reindex_wish(owner=owner, detector="yunet"), plan=False, progress=arrive)
    assert set(arrived[0].faces.values_list("detector", flat=True)) == {"yunet"}


def test_what_was_said_of_a_face_keeps_it_though_the_detector_misses_it(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    images = list(Image.objects.filter(faces__isnull=False).distinct().order_by("pk"))
    confirmed = Verdict.objects.filter(kind="is").values_list("face_id", flat=True)
    rejected, dismissed, drawn, guess = list(Face.objects.exclude(pk__in=confirmed).order_by("pk")[:4])
    faces_reject(faces=[rejected], by=owner)
    faces_dismiss(faces=[dismissed], by=owner)
    Face.objects.filter(pk=drawn.pk).update(drawn=True)
    facts = set(Verdict.objects.values_list("face_id", "person_id", "kind"))
    names = dict(Person.objects.values_list("pk", "name"))
    studio.missed["yunet"] = {(image.pk, place) for image in images for place in range(PEOPLE)}
    outcome = run(owner, detector="yunet")
    assert outcome.carried is not None
    assert outcome.carried.again == 0
    left = set(Face.objects.values_list("pk", flat=True))
    assert left == {*confirmed, rejected.pk, dismissed.pk, drawn.pk}
    assert guess.pk not in left
    assert set(Verdict.objects.values_list("face_id", "person_id", "kind")) == facts
    assert dict(Person.objects.values_list("pk", "name")) == names


def test_a_detector_and_back_moves_nobody(owner: User, studio: Studio) -> None:
    names = name_everyone(owner)
    before = places(owner)
    studio.shift["yunet"] = 0.03
    run(owner, detector="yunet", embedder=NEW)
    assert Face.objects.filter(x__gt=0.07).exists()
    assert places(owner) == before
    run(owner, detector="retinaface_mobilenet", embedder=OLD)
    assert places(owner) == before
    assert dict(Person.objects.values_list("pk", "name")) == names


def test_undone_everything_is_as_it_was_and_the_vectors_are_made_anew(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    studio.shift["yunet"] = 0.03
    studio.missed["yunet"] = {(image, 2) for image in studio.who}
    tables = ("Person", "Face", "Verdict", "OwnerModels")
    before = everything(owner)
    vectors = {
        row[:2]: np.asarray(row[2])
        for row in FaceEmbedding.objects.filter(model=OLD).values_list("face_id", "model", "vector")
    }
    run(owner, detector="yunet", embedder=OLD)
    run(owner, embedder=NEW)
    for _ in range(2):
        change_undo(change=Change.objects.filter(undone_at=None).first(), by=owner)  # type: ignore[arg-type]
    after = everything(owner)
    assert {table: after[table] for table in tables} == {table: before[table] for table in tables}
    faces = Face.objects.filter(image__owner=owner)
    assert faces_lacking(faces, embedder=OLD).exists()
    list(embeddings_fill(faces=faces, models=owner_models(owner.pk), unreadable=set()))
    assert not faces_lacking(faces, embedder=OLD).exists()
    again = FaceEmbedding.objects.filter(model=OLD).values_list("face_id", "model", "vector")
    assert {row[:2] for row in again} == vectors.keys()
    assert all(np.allclose(np.asarray(row[2]), vectors[row[:2]], atol=1e-6) for row in again)


def test_a_photo_that_ends_the_process_is_given_up_and_its_neighbours_are_not(
    owner: User, studio: Studio
) -> None:
    killer = min(studio.who)
    StagedScan.objects.create(
        image_id=killer,
        detector="yunet",
        embedder=OLD,
        side=owner_models(owner.pk).detection_side,
        attempts=3,
    )
    there = set(Face.objects.filter(image=killer).values_list("pk", flat=True))
    outcome = run(owner, detector="yunet")
    assert outcome.carried is not None
    assert (outcome.carried.photos, outcome.carried.failed) == (PHOTOS - 1, 1)
    assert FaceScan.objects.get(image=killer).reason == "crashed"
    assert set(Face.objects.filter(image=killer).values_list("pk", flat=True)) == there


def test_a_photo_that_cannot_be_read_leaves_its_faces_where_they_are(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    lost = min(studio.who)
    studio.unreadable.add(lost)
    before = places(owner)
    outcome = run(owner, embedder=NEW)
    assert outcome.unreadable == 1
    assert places(owner) == before
    run(owner, detector="yunet")
    assert {face: places(owner)[face] for face in before} == before
    assert FaceScan.objects.get(image=lost).state == "failed"


def test_another_model_for_some_photos_waits_for_the_others(owner: User, studio: Studio) -> None:
    some = Image.objects.filter(pk=min(studio.who))
    outcome = run(owner, images=some, embedder=NEW)
    assert outcome.people is None
    assert outcome.lacking == Face.objects.exclude(image__in=some).count()
    assert owner_models(owner.pk).embedder == OLD


def test_another_detector_for_some_photos_touches_no_others(owner: User, studio: Studio) -> None:
    some = Image.objects.filter(pk=min(studio.who))
    run(owner, images=some, detector="yunet")
    assert set(Face.objects.filter(image__in=some).values_list("detector", flat=True)) == {"yunet"}
    assert set(Face.objects.exclude(image__in=some).values_list("detector", flat=True)) == {
        "retinaface_mobilenet"
    }
    assert owner_models(owner.pk).detector == "retinaface_mobilenet"


def test_other_settings_do_not_mix_models(owner: User, studio: Studio, settings: Any) -> None:
    settings.EMBEDDER, settings.DETECTOR = NEW, "yunet"
    image = Image.objects.create(
        owner=owner, sha256="e" * 64, source_path="later.jpg", size_bytes=1, state=Image.State.READY
    )
    studio.add(image, 0, 1)
    assert set(image.faces.values_list("embeddings__model", "detector")) == {(OLD, "retinaface_mobilenet")}


def test_two_at_once_are_one_too_many(owner: User, studio: Studio) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_NAMESPACE, owner.pk])
        with pytest.raises(ReindexUnderWay):
            run(owner, embedder=NEW)
    finally:
        other.close()


def test_it_is_one_change(owner: User, studio: Studio) -> None:
    studio.missed["yunet"] = {(image, 1) for image in studio.who}
    before = Change.objects.count()
    run(owner, detector="yunet", embedder=NEW)
    assert Change.objects.count() == before + 1
    assert Change.objects.latest("pk").kind == Change.Kind.REINDEX


def test_other_owners_are_left_alone(owner: User, stranger: User, studio: Studio) -> None:
    image = image_rows(stranger, 1)[0]
    studio.add(image, 0, 1)
    Person.objects.create(owner=stranger, name="Hers", birth_date=date(2000, 1, 1))
    before = set(Face.objects.filter(image=image).values_list("pk", "x", "embeddings__model"))
    studio.shift["yunet"] = 0.03
    run(owner, detector="yunet", embedder=NEW)
    assert set(Face.objects.filter(image=image).values_list("pk", "x", "embeddings__model")) == before
    assert owner_models(stranger.pk).embedder == OLD


def test_every_embedder_has_an_index_and_a_distance_of_its_own() -> None:
    embedders = [model for model in MODELS if model.purpose is Purpose.EMBEDDER]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'faces_faceembedding'")
        indexes = [row[0] for row in cursor.fetchall()]
    for model in embedders:
        assert any("hnsw" in index and f"'{model.name}'" in index for index in indexes)
        assert join_rule(model.name).distance > 0


@pytest.mark.parametrize(
    ("written", "purpose", "meant"),
    [
        ("Facenet", Purpose.EMBEDDER, "facenet128"),
        ("sface", Purpose.EMBEDDER, "sface128"),
        ("sface128", Purpose.EMBEDDER, "sface128"),
        ("yunet", Purpose.DETECTOR, "yunet"),
        ("retinaface", Purpose.DETECTOR, "retinaface_mobilenet"),
    ],
)
def test_models_are_called_as_people_call_them(written: str, purpose: Purpose, meant: str) -> None:
    assert model_matching(written, purpose).name == meant


def test_the_command_says_what_was_done_and_refuses_what_there_is_not(owner: User, studio: Studio) -> None:
    name_everyone(owner)
    out = StringIO()
    call_command("reindex", "--model", "sface", "--plan", "--no-progress", stdout=out)
    assert "A plan: nothing was changed" in out.getvalue()
    assert f"names lost: 0 of {PEOPLE}" in out.getvalue()
    assert owner_models(owner.pk).embedder == OLD
    for wrong in (("--model", "yunet"), ("--detector", "nothing"), ("--album", "None"), ("--image", "0")):
        with pytest.raises(CommandError):
            call_command("reindex", *wrong, "--no-progress", stdout=StringIO())


def test_the_command_takes_single_photos_and_failed_ones(owner: User, studio: Studio) -> None:
    image = Image.objects.get(pk=min(studio.who))
    out = StringIO()
    call_command(
        "reindex", "--image", str(image.pk), "--image", image.source_path, "--no-progress", stdout=out
    )
    assert "1 photos looked at" in out.getvalue()
    FaceScan.objects.filter(image=image).update(state=FaceScan.State.FAILED)
    out = StringIO()
    call_command("reindex", "--failed", "--no-progress", stdout=out)
    assert "1 photos looked at" in out.getvalue()
    assert FaceScan.objects.get(image=image).state == FaceScan.State.DONE
