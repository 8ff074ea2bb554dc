"""Every name survives other models and the way back: with the real ones, on twelve photos of four people."""

from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from albums.imaging import encode_jpeg
from albums.models import Image
from faces.models import Face, FaceEmbedding, Person, Verdict
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.grouping.run import owner_recluster
from faces.services.people.edits import faces_confirm, faces_reject, person_name
from faces.services.reindexing.run import reindex, reindex_request
from faces.services.reindexing.state_diff import PeopleState, people_state
from tests.rows import new_image

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.long, pytest.mark.slow(8)]
PEOPLE = 4
PHOTOS = 12


@pytest.fixture
def photos(owner: User, lfw: Path, install: Callable[..., Path], settings: Any) -> list[Image]:
    """Twelve photos, two people side by side on each, looked at and grouped."""
    settings.MODELS_DIR = install("retinaface_mobilenet", "yunet", "facenet128", "sface128")
    folders = [folder for folder in sorted((lfw / "images").iterdir()) if len(list(folder.iterdir())) >= 6]
    pictures = [sorted(folder.iterdir())[:6] for folder in folders[: 5 * PEOPLE : 5]]
    images = []
    for pair in [*combinations(range(PEOPLE), 2)] * 2:
        sides = [Pillow.open(pictures[who].pop()).convert("RGB") for who in pair]
        both = Pillow.new("RGB", (sides[0].width + sides[1].width, max(side.height for side in sides)))
        both.paste(sides[0], (0, 0))
        both.paste(sides[1], (sides[0].width, 0))
        image = new_image(owner, width=both.width, height=both.height)
        image.original.save("both.jpg", ContentFile(jpeg(both)), save=False)
        image.save()
        images.append(image)
    ids = [image.pk for image in images]
    scans_open(ids)
    scans_run(scans_claim(ids))
    owner_recluster(owner)
    return images


def jpeg(picture: Pillow.Image) -> bytes:
    return encode_jpeg(np.asarray(picture), quality=92).data


def name_everyone(owner: User) -> PeopleState:
    """Name and confirm people; reject one face of each for the next one."""
    people = list(Person.objects.filter(owner=owner, faces__isnull=False).distinct().order_by("pk"))
    for number, person in enumerate(people):
        person_name(person=person, name=f"Somebody {number}", by=owner)
        faces_confirm(faces=list(person.faces.order_by("pk")[:2]), by=owner)
    for person, other in pairwise(people):
        faces_reject(faces=list(person.faces.order_by("-pk")[:1]), person=other, by=owner)
    return people_state(owner.pk)


def assert_nothing_lost(owner: User, before: PeopleState) -> None:
    after = people_state(owner.pk)
    assert after.names == before.names
    assert after.verdicts == before.verdicts
    assert after.covers == before.covers
    confirmed = [(face, person) for face, person, kind in before.verdicts if kind == "is"]
    assert confirmed
    assert all(after.places[face] == person for face, person in confirmed)


@pytest.mark.parametrize(
    "steps",
    [
        [{"embedder": "sface128"}, {"embedder": "facenet128"}],
        [{"detector": "yunet"}, {"detector": "retinaface_mobilenet"}],
        [{"detector": "yunet", "embedder": "sface128"}],
    ],
    ids=["model and back", "detector and back", "both at once"],
)
def test_every_name_survives(owner: User, photos: list[Image], steps: list[dict[str, str]]) -> None:
    before = name_everyone(owner)
    assert len(before.names) == PEOPLE
    assert len(before.places) >= 2 * PHOTOS
    for step in steps:
        request = reindex_request(owner=owner, **step)  # type: ignore[arg-type]  # any option
        state = people_state(owner.pk)
        plan = reindex(request, plan=True, progress=lambda kind, count: None)
        assert people_state(owner.pk) == state
        done = reindex(request, plan=False, progress=lambda kind, count: None)
        assert done == plan
        assert done.people is not None
        assert (done.people.names_lost, done.people.facts_lost) == (0, 0)
        assert_nothing_lost(owner, before)
        models = owner_models(owner.pk)
        embedded = FaceEmbedding.objects.filter(model=models.embedder, face__image__owner=owner)
        assert embedded.count() == Face.objects.filter(image__owner=owner).count()
        assert Verdict.objects.count() == len(before.verdicts)
        common = set(people_state(owner.pk).places) & set(before.places)
        assert len(common) >= 0.9 * len(before.places)
