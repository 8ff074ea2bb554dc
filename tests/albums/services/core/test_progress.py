"""The progress of background work."""

import pytest
from django.contrib.auth.models import User

from albums import extensions
from albums.services.core import progress
from albums.services.core.photo_counts import PhotoCounts
from tests.rows import image_row

pytestmark = pytest.mark.django_db


def test_photos_are_counted_only_for_their_owner() -> None:
    ada, ben = User.objects.create_user("ada"), User.objects.create_user("ben")
    for state in ("ready", "ready", "refused", "stored"):
        image_row(ada, state=state)
    image_row(ben)
    stage = progress.stages(ada.pk)[0]
    assert (stage.done, stage.refused, stage.total, stage.finished) == (2, 1, 3, False)
    assert progress.stages(ben.pk)[0].finished


def test_a_stage_without_work_is_finished() -> None:
    assert progress.stages(User.objects.create_user("ada").pk)[0].finished


def test_an_app_that_registers_again_replaces_its_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "_registered", {})

    def faces(_owner_id: int, photos: PhotoCounts) -> progress.Stage:
        return progress.Stage(name="faces", label="Faces", done=0, total=photos.photos)

    for source in (
        progress.StageSource(faces, lambda _owner_id: False),
        progress.StageSource(faces, lambda _owner_id: True),
    ):
        extensions.register(extensions.Extension(app="faces", stages=[source]))
    owner = User.objects.create_user("ada")
    assert [stage.name for stage in progress.stages(owner.pk)] == ["read", "faces"]
    assert progress.work_left(owner.pk)
