"""A family to erase, with pictures of their faces."""

from datetime import date

import numpy as np

from albums.models import Image
from faces.models import Face, FaceScan, Person, StagedFace, StagedScan
from faces.services.core.pixels import portrait_store
from faces.services.people.edits import faces_confirm, faces_reject, person_cover, person_details, person_name
from tests.faces.services.conftest import World


def cropped(face: Face) -> Face:
    face.crop = portrait_store(owner_id=face.image.owner_id, portrait=np.zeros((8, 8, 3), np.uint8))
    face.save()
    return face


def is_there(face: Face) -> bool:
    return face.crop.storage.exists(str(face.crop.name))


def staged(image: Image) -> StagedFace:
    scan = StagedScan.objects.create(
        image=image, detector="yunet", embedder="sface128", side=1280, state=FaceScan.State.DONE
    )
    return StagedFace.objects.create(
        scan=scan,
        **dict.fromkeys(("x", "y", "w", "h", "score", "quality"), 0.2),
        landmarks=[0.1] * 10,
        vector=[0.0, 1.0],
    )


def family(world: World) -> tuple[Person, Person, list[Face]]:
    """Anna in three photos, Bert in two of them; all confirmed, with crops."""
    faces = [face for who in ((0, 1), (0, 1), (0,)) for face in world.photo(*who)]
    for face in faces:
        cropped(face)
    anna = world.person(faces[0], faces[2], faces[4])
    bert = world.person(faces[1], faces[3])
    anna = person_name(person=anna, name="Anna", by=world.owner)
    bert = person_name(person=bert, name="Bert", by=world.owner)
    faces_confirm(faces=faces, by=world.owner)
    faces_reject(faces=[faces[0]], person=bert, by=world.owner)
    person_cover(person=anna, face=faces[0], by=world.owner)
    person_details(person=anna, birth_date=date(1990, 5, 1), by=world.owner)
    return anna, bert, faces
