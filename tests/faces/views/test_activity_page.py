"""The activity page offers an account the embedder of new accounts; nothing is changed by itself."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faces.models import FaceEmbedding, OwnerModels
from faces.services.core.consent import recognition_set
from tests.rows import embedding_row, face_row, stored_image
from tests.vision_stubs import unit

HEADING = "Another way to compare faces"

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get("/settings/jobs/").content.decode()


@pytest.fixture
def other(owner: User) -> OwnerModels:
    embedding_row(face_row(stored_image(owner)), unit(1)[:128], model="sface128")
    return OwnerModels.objects.create(owner=owner, detector="retinaface_mobilenet", embedder="sface128")


def test_an_administrator_reads_the_command_and_how_much_there_is_to_do(
    signed_in: Client, owner: User, other: OwnerModels
) -> None:
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    shown = page(signed_in)
    assert HEADING in shown
    assert "1 face is looked at again first" in shown
    assert f"bin/manage reindex --owner {owner.username} --model facenet_sface256 --plan" in shown


def test_others_read_whom_to_ask(signed_in: Client, owner: User, other: OwnerModels) -> None:
    User.objects.filter(pk=owner.pk).update(is_staff=False)
    shown = page(signed_in)
    assert HEADING in shown
    assert "bin/manage reindex" not in shown
    assert "An administrator of this server can make the change" in shown


def test_nothing_is_offered_to_an_account_that_has_it_or_no_recognition(
    signed_in: Client, owner: User, other: OwnerModels
) -> None:
    recognition_set(owner=owner, enabled=False)
    assert HEADING not in page(signed_in)
    OwnerModels.objects.filter(owner=owner).delete()
    recognition_set(owner=owner, enabled=True)
    assert HEADING not in page(signed_in)


def test_an_account_of_the_former_default_is_offered_both_networks_together(
    signed_in: Client, owner: User, other: OwnerModels
) -> None:
    FaceEmbedding.objects.update(model="facenet128")
    OwnerModels.objects.filter(owner=owner).update(embedder="facenet128")
    shown = page(signed_in)
    assert "compared with facenet128; new accounts use facenet_sface256" in shown
    assert "1 face is looked at again first" in shown
    assert OwnerModels.objects.get(owner=owner).embedder == "facenet128", "nothing changes by itself"


def test_one_network_of_several_is_not_offered(
    signed_in: Client, owner: User, other: OwnerModels, settings: Any
) -> None:
    settings.EMBEDDER = "facenet128"
    OwnerModels.objects.filter(owner=owner).update(embedder="facenet_sface256")
    assert HEADING not in page(signed_in)
