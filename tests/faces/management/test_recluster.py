"""manage.py recluster."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from faces.management.commands import recluster
from faces.models import ClusteringRun, Person
from tests.faces.coloured import face
from tests.rows import image_rows

Call = Callable[..., str]
Refused = Callable[..., tuple[int, str]]


def test_people_are_grouped_and_counted(ada: User, call: Call) -> None:
    for image, who in zip(image_rows(ada, 6), ("red", "red", "red", "blue", "blue", "green"), strict=True):
        face(image, who)
    assert call("recluster") == "6 faces: 2 people, 1 unassigned, 5 moved\n"
    assert call("recluster") == "6 faces: 2 people, 1 unassigned, 0 moved\n"
    assert Person.objects.count() == 2


def test_only_the_named_owners_faces_are_grouped(ada: User, grace: User, call: Call) -> None:
    for owner in (ada, grace):
        for image in image_rows(owner, 2):
            face(image)
    call("recluster", "--owner", "grace")
    assert Person.objects.get().owner == grace
    assert ClusteringRun.objects.get().owner == grace


def test_an_unclear_owner_is_a_wrong_argument_and_the_accounts_are_named(
    ada: User, grace: User, refused: Refused
) -> None:
    for arguments in ([], ["--owner", "eve"]):
        code, message = refused("recluster", *arguments)
        assert code == 2
        assert "ada, grace" in message


def test_without_an_account_it_says_so(db: None, refused: Refused) -> None:
    code, message = refused("recluster")
    assert code == 2
    assert "no account" in message


def test_while_another_run_is_under_way_it_says_so(
    ada: User, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recluster, "owner_recluster", lambda _owner: None)
    code, message = refused("recluster")
    assert code == 3
    assert "right now" in message
