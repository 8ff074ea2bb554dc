"""A new scan: a face that is found again stays the same row; another is deleted unless it has a verdict."""

from typing import Any

from django.contrib.auth.models import User

from faces.models import Face, FaceEmbedding, Person
from faces.services.people.edits import person_name
from tests.faces import coloured
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.detecting.scanning import look_again, look_at


def test_a_face_found_again_keeps_its_row_its_person_and_has_one_embedding(
    ada: User, detector: ColourDetector
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    person = Person.objects.create(owner=ada)
    before = {face.pk: (face.x, str(face.crop.name)) for face in Face.objects.all()}
    Face.objects.update(person=person)
    # A detector that draws its boxes a little otherwise.
    coloured.rewritten(image, red=(54, 38, 96), blue=(250, 170, 110))
    look_again(image)
    after = {face.pk: face for face in Face.objects.all()}
    assert set(after) == set(before)
    for pk, face in after.items():
        assert face.person == person
        assert face.x != before[pk][0]
        assert str(face.crop.name) != before[pk][1]
    assert FaceEmbedding.objects.count() == 2


def test_the_old_crop_goes_when_the_new_one_is_certain(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96))
    look_at(image)
    face = Face.objects.get()
    storage, old = face.crop.storage, str(face.crop.name)
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
        assert storage.exists(old)
    face.refresh_from_db()
    assert not storage.exists(old)
    assert storage.exists(str(face.crop.name))


def test_a_face_that_is_not_found_again_goes_with_its_crop(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    gone = Face.objects.get(x__lt=0.2)
    stays = Face.objects.get(x__gt=0.2)
    detector.blind = {"red"}
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
    assert list(Face.objects.all()) == [stays]
    assert not gone.crop.storage.exists(str(gone.crop.name))


def test_a_named_persons_cover_survives_when_the_new_detector_misses_it(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    red, blue = Face.objects.order_by("x")
    person = Person.objects.create(owner=ada)
    unnamed = Person.objects.create(owner=ada)
    red.person, blue.person = person, unnamed
    Face.objects.bulk_update([red, blue], ["person"])
    person = person_name(person=person, name="Ruby", by=ada)
    assert person.cover == red
    detector.blind = {"red", "blue"}
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
    assert list(Face.objects.all()) == [red], "what unnamed named is the machine's to forget"
    person.refresh_from_db()
    assert (person.name, person.cover) == ("Ruby", red)
    assert red.crop.storage.exists(str(red.crop.name))
