"""bin/start --exit: what came to nothing is said, with what to do."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.utils import timezone

from albums.management.importing import MOST_FAILURES, end_for_a_script
from albums.models import Image
from faces.models import FaceScan
from tests.faces.coloured import rows

FAILED = FaceScan.State.FAILED


def end(owner: User | None, *, import_failed: int = 0) -> None:
    began = timezone.now() - timedelta(minutes=1)
    end_for_a_script(owner, began=began, import_failed=import_failed)


def test_photos_in_which_no_faces_could_be_looked_for_are_named_with_reason_and_command(
    ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    image, _fine = rows(ada, 2)
    FaceScan.objects.create(image=image, state=FAILED, reason="model_failed", detail="out of memory")
    with pytest.raises(CommandError, match=r"^1 photo failed\. .*: bin/manage reindex --failed --owner ada$"):
        end(None)
    said = capsys.readouterr().out
    assert said == f"  failed: {image.source_path}: faces could not be looked for: out of memory\n"


def test_a_file_that_was_refused_is_named_and_is_no_error(
    ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, before = rows(ada, 2)
    refused = {"state": Image.State.REFUSED, "reason": "truncated", "detail": "It ends early.", "attempts": 1}
    Image.objects.filter(pk__in=[cut.pk, before.pk]).update(**refused)
    Image.objects.filter(pk=before.pk).update(added_at=timezone.now() - timedelta(days=1))
    end(ada)
    assert capsys.readouterr().out == f"  refused: {cut.source_path}: It ends early.\n"


def test_nothing_failed_nothing_is_said(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    rows(ada, 2)
    end(ada)
    assert capsys.readouterr().out == ""


def test_a_failed_import_is_an_error(ada: User) -> None:
    with pytest.raises(CommandError, match="exit code 3"):
        end(ada, import_failed=3)


def test_of_many_failures_the_first_are_shown_and_all_counted(
    ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    images = rows(ada, MOST_FAILURES + 3)
    FaceScan.objects.bulk_create(FaceScan(image=image, state=FAILED) for image in images)
    with pytest.raises(CommandError, match=f"{MOST_FAILURES + 3} photos failed"):
        end(ada)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_FAILURES + 1
    assert lines[-1] == "  and 3 more"


def test_others_failures_are_their_own(ada: User, grace: User) -> None:
    FaceScan.objects.create(image=rows(grace, 1)[0], state=FAILED)
    end(ada)
    with pytest.raises(CommandError, match="--owner grace"):
        end(None)
