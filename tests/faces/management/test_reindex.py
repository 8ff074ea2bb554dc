"""manage.py reindex."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from albums.models import Album, Image
from faces import runtime
from faces.models import Face, FaceScan, Person
from faces.services.people.edits import person_name
from tests.faces.coloured import ColourDetector, photo, rewritten, stored
from tests.rows import album_of

Call = Callable[..., str]
Refused = Callable[..., tuple[int, str]]


@pytest.fixture
def images(ada: User, detector: ColourDetector) -> list[Image]:
    """Three photos of the same two people, not looked at yet."""
    return [photo(ada, f"{n}.png", red=(10, 10, 100), blue=(200, 100, 90)) for n in range(3)]


def test_faces_are_found_and_grouped_in_all_photos(images: list[Image], call: Call) -> None:
    output = call("reindex", "--no-progress")
    assert "3 photos scanned: 0 faces found again, 6 new" in output
    assert "6 faces: 2 people, 0 unassigned" in output
    assert Face.objects.count() == 6


def test_again_everybody_is_who_they_were_and_names_survive(images: list[Image], call: Call) -> None:
    call("reindex", "--no-progress")
    person = person_name(person=Person.objects.order_by("pk")[0], name="Ruby", by=images[0].owner)
    before = list(Face.objects.order_by("pk").values_list("pk", "person_id"))
    rewritten(images[1], red=(14, 14, 100), blue=(196, 104, 90))
    output = call("reindex", "--no-progress")
    assert "6 faces found again, 0 new" in output
    assert "6 faces: 2 people, 0 unassigned; 0 moved" in output
    assert "names lost: 0 of 1" in output
    assert list(Face.objects.order_by("pk").values_list("pk", "person_id")) == before
    person.refresh_from_db()
    assert person.name == "Ruby"


def test_only_an_albums_photos(ada: User, images: list[Image], call: Call, detector: ColourDetector) -> None:
    album_of(ada, images[1], name="The wedding")
    output = call("reindex", "--no-progress", "--album", "The wedding")
    assert "1 photos scanned: 0 faces found again, 2 new" in output
    assert detector.looks == 1


def test_only_where_it_failed_and_what_fails_again_is_named(
    ada: User, images: list[Image], call: Call, detector: ColourDetector
) -> None:
    stored(ada, b"<html>404</html>", "holiday/page.jpg")
    for arguments in ((), ("--failed",)):
        detector.looks, output = 0, StringIO()
        with pytest.raises(CommandError, match="The scan of 1 photos failed") as failed:
            call_command("reindex", "--no-progress", *arguments, stdout=output)
        assert failed.value.returncode == 1
        assert "  holiday/page.jpg: " in output.getvalue()
    assert detector.looks == 0


def test_after_a_model_was_installed_what_failed_is_looked_at(
    ada: User, images: list[Image], call: Call
) -> None:
    for image in images:
        FaceScan.objects.create(image=image, state="failed", reason="model_missing", attempts=1)
    assert "3 photos scanned: 0 faces found again, 6 new" in call("reindex", "--no-progress", "--failed")


def test_without_photos_there_is_a_message(ada: User, call: Call, detector: ColourDetector) -> None:
    assert call("reindex", "--failed") == "There are no photos to scan.\n"


def test_other_owners_photos_are_left_alone(
    images: list[Image], grace: User, call: Call, detector: ColourDetector
) -> None:
    hers = photo(grace, red=(10, 10, 100))
    call("reindex", "--no-progress", "--owner", "ada")
    assert detector.looks == 3
    assert not FaceScan.objects.filter(image=hers).exists()


def test_an_unknown_album_is_a_wrong_argument_and_the_albums_are_named(
    ada: User, grace: User, refused: Refused
) -> None:
    code, message = refused("reindex", "--owner", "ada", "--album", "Bath")
    assert code == 2
    assert "'Bath'" in message
    assert "none yet" in message
    Album.objects.create(owner=ada, name="The wedding")
    Album.objects.create(owner=grace, name="Secret")
    code, message = refused("reindex", "--owner", "ada", "--album", "Secret")
    assert code == 2
    assert "'The wedding'" in message
    assert message.count("Secret") == 1, "only the given ones"


def test_an_unclear_owner_is_a_wrong_argument_and_the_accounts_are_named(
    ada: User, grace: User, refused: Refused
) -> None:
    code, message = refused("reindex")
    assert code == 2
    assert "ada, grace" in message


def test_a_missing_model_is_installed_first_and_without_a_source_nothing_is_forgotten(
    ada: User, refused: Refused, settings: Any, tmp_path: Path, offline: None
) -> None:
    settings.MODELS_DIR, settings.MODELS_SOURCE = tmp_path / "models", None
    runtime.reset()
    photo(ada, red=(10, 10, 100))
    code, message = refused("reindex", "--no-progress")
    assert code == 3
    assert "retinaface_mobilenet could not be installed" in message
    assert not FaceScan.objects.filter(state=FaceScan.State.DONE).exists(), "the workers take it up"
