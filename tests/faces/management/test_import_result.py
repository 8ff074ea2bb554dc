"""Result of bin/start --exit: failures with their remedies."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from albums.management.import_progress import import_result
from albums.models import Image
from config.commands.reporting import MAX_LINES, CommandFailure
from faces.models import FaceScan
from tests.rows import image_row, image_rows

FAILED = FaceScan.State.FAILED


def end(owner: User | None, *, import_exit: int = 0) -> list[str]:
    """The lines that are printed; a failure is raised, as the command does."""
    began = timezone.now() - timedelta(minutes=1)
    outcome = import_result(owner, since=began, import_exit=import_exit)
    if outcome.failure is not None:
        outcome.failure.data = {"lines": list(outcome.lines)}
        raise outcome.failure
    return list(outcome.lines)


def test_photos_in_which_no_faces_could_be_looked_for_are_named_with_reason_and_command(ada: User) -> None:
    image, _fine = image_rows(ada, 2)
    FaceScan.objects.create(image=image, state=FAILED, reason="model_failed", detail="out of memory")
    remedy = r"^1 photo failed\. .*: bin/manage reindex --failed --owner ada$"
    with pytest.raises(CommandFailure, match=remedy) as failed:
        end(None)
    (line,) = failed.value.data["lines"]
    assert line == f"  failed: {image.source_path}: faces could not be looked for: out of memory"


def test_a_file_that_was_refused_is_named_and_is_no_error(ada: User) -> None:
    cut, before = image_rows(ada, 2)
    refused = {"state": Image.State.REFUSED, "reason": "truncated", "detail": "It ends early.", "attempts": 1}
    Image.objects.filter(pk__in=[cut.pk, before.pk]).update(**refused)
    Image.objects.filter(pk=before.pk).update(added_at=timezone.now() - timedelta(days=1))
    assert end(ada) == [f"  refused: {cut.source_path}: It ends early."]


def test_without_failures_nothing_is_printed(ada: User) -> None:
    image_rows(ada, 2)
    assert end(ada) == []


def test_a_failed_import_is_an_error(ada: User) -> None:
    with pytest.raises(CommandFailure, match="exit code 3"):
        end(ada, import_exit=3)


def test_of_many_failures_the_first_are_shown_and_all_counted(ada: User) -> None:
    images = image_rows(ada, MAX_LINES + 3)
    FaceScan.objects.bulk_create(FaceScan(image=image, state=FAILED) for image in images)
    with pytest.raises(CommandFailure, match=f"{MAX_LINES + 3} photos failed") as failed:
        end(ada)
    lines = failed.value.data["lines"]
    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == "  and 3 more"


def test_others_failures_are_their_own(ada: User, grace: User) -> None:
    FaceScan.objects.create(image=image_row(grace), state=FAILED)
    end(ada)
    with pytest.raises(CommandFailure, match="--owner grace"):
        end(None)


def test_the_result_for_programs_tells_failures_from_refusals(ada: User) -> None:
    failed, refused, _fine = image_rows(ada, 3)
    FaceScan.objects.create(image=failed, state=FAILED, reason="model_failed", detail="out of memory")
    fields = {"state": "refused", "reason": "truncated", "detail": "It ends early.", "attempts": 1}
    Image.objects.filter(pk=refused.pk).update(**fields)
    data = import_result(ada, since=timezone.now() - timedelta(minutes=1), import_exit=0).data
    assert [one["path"] for one in data["failures"]] == [failed.source_path]
    assert data["refused"] == [{"path": refused.source_path, "reason": "It ends early."}]
