"""bin/manage reindex, with models whose answers are known."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from albums.models import Image
from faces.models import (
    FaceScan,
)
from faces.services.core.owner_pipeline import owner_models
from faces.vision.weights.table import Purpose, name_matching
from tests.faces.services.reindexing.studio import (
    OLD,
    PEOPLE,
    Studio,
    name_everyone,
)


@pytest.mark.parametrize(
    ("written", "purpose", "meant"),
    [
        ("Facenet", Purpose.EMBEDDER, "facenet128"),
        ("facenet_sface", Purpose.EMBEDDER, "facenet_sface256"),
        ("sface", Purpose.EMBEDDER, "sface128"),
        ("sface128", Purpose.EMBEDDER, "sface128"),
        ("yunet", Purpose.DETECTOR, "yunet"),
        ("retinaface", Purpose.DETECTOR, "retinaface_mobilenet"),
    ],
)
def test_models_are_called_as_people_call_them(written: str, purpose: Purpose, meant: str) -> None:
    assert name_matching(written, purpose) == meant


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
    assert "1 photos scanned" in out.getvalue()
    FaceScan.objects.filter(image=image).update(state=FaceScan.State.FAILED)
    out = StringIO()
    call_command("reindex", "--failed", "--no-progress", stdout=out)
    assert "1 photos scanned" in out.getvalue()
    assert FaceScan.objects.get(image=image).state == FaceScan.State.DONE
