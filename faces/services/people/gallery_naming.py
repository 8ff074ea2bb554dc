"""Name the people of a look-alike gallery by their folders.

The folder says who is in its photos, so each face that shows the person is confirmed as such by the owner.
Earlier decisions of the owner stay.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from albums.models import Image
from albums.services.uploading.gallery_folders import NamingReport, Track
from faces.exceptions import PeopleError
from faces.models import Face, FaceEmbedding, FaceScan, Verdict
from faces.services.core.owner_pipeline import owner_models
from faces.services.people.naming import faces_name, person_named
from faces.vision.grouping.common_face import ALONE_PROBABILITY, common_faces
from faces.vision.profiles import profile_of


@dataclass(frozen=True, slots=True)
class _Found:
    """The face of a person in one photo, and its distance from the mean of the person's faces."""

    image_id: int
    face_id: int
    distance: float


def scans_waiting(image_ids: Collection[int]) -> int:
    """Return how many of these images are neither scanned for faces nor refused, failed or in the bin."""
    ended = FaceScan.objects.filter(state__in=[FaceScan.State.DONE, FaceScan.State.FAILED])
    images = Image.objects.filter(pk__in=image_ids, binned_at=None).exclude(state=Image.State.REFUSED)
    return images.exclude(pk__in=ended.filter(image__in=image_ids).values("image")).count()


def gallery_name(owner: User, folders: Mapping[str, Collection[int]], track: Track) -> NamingReport:
    """Name the person of each folder in its scanned images. Repeating it changes nothing.

    folders: image ids by the name of the person. A face that several folders claim goes to the nearest one.
    """
    report = NamingReport()
    claims: dict[int, tuple[float, str]] = {}
    found: dict[str, list[_Found]] = {}
    for name, image_ids in folders.items():
        found[name] = _faces_of_person(owner, image_ids, report)
        for one in found[name]:
            claims[one.face_id] = min(claims.get(one.face_id, (one.distance, name)), (one.distance, name))
    for name in track(list(found)):
        theirs = [one for one in found[name] if claims[one.face_id][1] == name]
        lost = [one for one in found[name] if claims[one.face_id][1] != name]
        report.unclear |= {one.image_id: "other_folder" for one in lost}
        report.add(_person_name(owner, name, theirs))
    return report


def _faces_of_person(owner: User, image_ids: Collection[int], report: NamingReport) -> list[_Found]:
    """Return the face that shows the person in each image; images without one are reported as unclear."""
    model = owner_models(owner.pk).embedder
    rows = list(
        FaceEmbedding.objects.of_owner(owner.pk, model=model)
        .filter(face__image__in=image_ids, face__dismissed=False, face__binned=False)
        .order_by("face_id")
        .values_list("face__image_id", "face_id", "face__w", "face__h", "vector")
    )
    images = sorted({image_id for image_id, *_rest in rows})
    places = {image_id: place for place, image_id in enumerate(images)}
    calibration = profile_of(model).calibration
    picked = common_faces(
        np.stack([vector for *_rest, vector in rows]) if rows else np.zeros((0, 1), dtype=np.float32),
        photos=np.array([places[image_id] for image_id, *_rest in rows], dtype=np.int64),
        areas=np.array([width * height for _image, _face, width, height, _vector in rows]),
        photo_count=len(images),
        same=calibration.threshold,
        farthest_alone=calibration.distance(ALONE_PROBABILITY),
    )
    failed = FaceScan.objects.filter(image__in=image_ids, state=FaceScan.State.FAILED)
    report.unclear |= dict.fromkeys(set(image_ids) - set(images), "no_face")
    report.unclear |= dict.fromkeys(failed.values_list("image_id", flat=True), "scan_failed")
    found = []
    for image_id, index, distance in zip(images, picked.selected, picked.distances, strict=True):
        if index < 0:
            report.unclear[image_id] = "no_match"
        else:
            found.append(_Found(image_id, rows[index][1], float(distance)))
    return found


def _person_name(owner: User, name: str, found: list[_Found]) -> NamingReport:
    """Name the faces that the owner has not decided on."""
    report = NamingReport()
    person = person_named(owner=owner, name=name)
    verdicts = Verdict.objects.filter(face__in=[one.face_id for one in found])
    decided: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for face_id, person_id, kind in verdicts.values_list("face_id", "person_id", "kind"):
        decided[face_id].add((person_id, kind))
    there = (None if person is None else person.pk, Verdict.Kind.IS.value)
    undecided = []
    for one in found:
        if there in decided[one.face_id]:
            report.settled += 1
        elif any(kind == Verdict.Kind.IS or pk == there[0] for pk, kind in decided[one.face_id]):
            report.unclear[one.image_id] = "decided_otherwise"
        else:
            undecided.append(one)
    if undecided:
        faces = list(Face.objects.visible_to(owner).filter(pk__in=[one.face_id for one in undecided]))
        try:
            faces_name(faces=faces, name=name, by=owner)
        except PeopleError:
            report.unclear |= {one.image_id: "name_refused" for one in undecided}
        else:
            report.named += len(faces)
    report.people = int(bool(report.named or report.settled))
    return report
