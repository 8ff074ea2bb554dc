"""Photos in which the owner allows a person more than once, such as a collage or a mirror."""

from django.contrib.auth.models import User
from django.db import transaction

from albums.models import Image
from faces.exceptions import NotThere
from faces.messages import message
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person
from faces.services.core.owner_pipeline import owner_models
from faces.services.grouping.online import faces_assign_online
from faces.services.history.history import change_recorded, change_widen
from faces.services.people.verdicts import people_reconcile


def photo_repeats(*, image: Image, allowed: bool, by: User) -> None:
    """Allow or forbid one person twice in a photo.

    Allowing assigns the faces that waited and clearly match somebody, forbidding removes automatic
    assignments. Raises NotThere for a photo that was not scanned.
    """
    words = message("Allowed each person only once in a photo")
    if allowed:
        words = message("Allowed the same person twice in a photo")
    with transaction.atomic():
        # Before the owner's lock, as the search for faces takes them.
        scan = FaceScan.objects.visible_to(by).select_for_update(of=("self",)).filter(image=image).first()
        if scan is None:
            raise NotThere
        with change_recorded(
            owner=by, by=by, kind=Change.Kind.REPEATS, summary=words, faces=(), people=(), images=[image.pk]
        ):
            scan.person_repeats = allowed
            scan.save(update_fields=["person_repeats"])
            if allowed:
                _waiting_assign(image=image, owner=by)
            here = Person.objects.filter(faces__image=image).values_list("pk", flat=True)
            people_reconcile(owner_id=by.pk, people=list(here))


def _waiting_assign(*, image: Image, owner: User) -> None:
    """Assign the unassigned faces of a photo to the people they clearly match."""
    embedder = owner_models(owner.pk).embedder
    waiting = Face.objects.unassigned().filter(image=image, embeddings__model=embedder)
    vectors = dict(
        FaceEmbedding.objects.filter(model=embedder, face__in=waiting).values_list("face_id", "vector")
    )
    faces = list(waiting.filter(pk__in=vectors).select_related("image").order_by("pk"))
    change_widen(faces=vectors)
    faces_assign_online(faces=faces, vectors=[vectors[face.pk] for face in faces], embedder=embedder)
