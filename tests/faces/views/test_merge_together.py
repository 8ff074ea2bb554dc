"""Merging people who stand together in photos: the page says what will happen, and can allow both."""

from django.contrib.auth.models import User
from django.test import Client

from faces.models import Change, Face, FaceScan, Person
from faces.services.history.history import change_undo
from faces.services.reviewing.merging import people_in_common
from faces.vision.types import Box
from tests.faces.views.conftest import MakeGroup
from tests.rows import face_row


def together(
    group: MakeGroup, *, photos: int, names: tuple[str, str] = ("Anna", "Berta")
) -> tuple[Person, Person]:
    """Two people, of whom the second is in the first `photos` photos of the first, too."""
    anna, berta = group(4, name="Anna"), group(2, look=1, name="Berta")
    for face in anna.faces.order_by("pk")[:photos]:
        face_row(face.image, Box(0.7, 0.1, 0.1, 0.1), person=berta, quality=0.2)
        FaceScan.objects.update_or_create(image=face.image, defaults={"state": FaceScan.State.DONE})
    return anna, berta


def test_people_in_common_photos_are_merged_only_after_a_question(
    signed_in: Client, owner: User, group: MakeGroup
) -> None:
    anna, berta = together(group, photos=3)
    form = {"action": "merge", "person": [anna.pk, berta.pk], "into": anna.pk}
    page = signed_in.post("/people/act/", form).content.decode()
    assert "They are together in 3 photos" in page
    assert "3 faces become unassigned" in " ".join(page.split())
    assert "Merge, and allow twice in these photos" in " ".join(page.split())
    shown = people_in_common(people=[anna, berta], user=owner).shown
    assert shown is not None
    assert f"/photos/{shown.pk}/" in page
    # "Cancel" returns to where the people were selected.
    assert '<a class="button" href="/people/">' in page
    assert Person.objects.count() == 2
    preview = signed_in.get(f"/api/v1/people/{anna.pk}/merge/", {"others": berta.pk}).json()
    assert (preview["photos"], preview["faces"]) == (3, 3)
    # From the page of a person, and by htmx, the same question.
    there = signed_in.post(f"/people/{berta.pk}/merge/", {"who": "Anna"}).content.decode()
    assert "They are together in 3 photos" in there
    reply = signed_in.post(f"/people/{berta.pk}/merge/", {"into": anna.pk}, headers={"HX-Request": "true"})
    assert reply["HX-Retarget"] == "#dialog-content"
    assert Person.objects.count() == 2

    signed_in.post("/people/act/", form | {"together": "once"})
    assert Face.objects.filter(person=None).count() == 3
    assert Face.objects.filter(person=anna).count() == 6


def test_allowed_twice_no_face_leaves_and_one_undo_takes_all_back(
    signed_in: Client, owner: User, group: MakeGroup
) -> None:
    anna, berta = together(group, photos=2)
    signed_in.post(f"/people/{berta.pk}/merge/", {"into": anna.pk, "together": "twice"})
    assert Face.objects.filter(person=anna).count() == 8
    assert FaceScan.objects.filter(person_repeats=True).count() == 2
    assert people_in_common(people=[anna], user=owner).photos == 0
    change_undo(change=Change.objects.get(), by=owner)
    assert Face.objects.filter(person=berta).count() == 4
    assert not FaceScan.objects.filter(person_repeats=True).exists()


def test_people_who_share_no_photo_are_merged_at_once(signed_in: Client, group: MakeGroup) -> None:
    anna, berta = group(3, name="Anna"), group(2)
    signed_in.post("/people/act/", {"action": "merge", "person": [anna.pk, berta.pk]})
    assert anna.faces.count() == 5
