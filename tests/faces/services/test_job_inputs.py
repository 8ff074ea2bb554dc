"""Inputs of each kind of job: rows of another account are refused when it is created and when it runs."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.exceptions import JobFailed
from albums.models import Job, PhotoChange
from albums.services.jobs.jobs import job_create
from albums.services.jobs.kinds import job_kinds
from albums.services.jobs.running import job_run
from faces.models import Person
from tests.rows import face_row, stored_image

GONE = {"job_photo_gone", "effect_face_gone", "effect_person_gone"}


def inputs_of(owner: User) -> dict[str, dict[str, Any]]:
    """Inputs by kind that name rows of the owner."""
    person = Person.objects.create(owner=owner, name="Anna")
    image = stored_image(owner)
    face = face_row(image, person=person)
    builtin = {"image": image.pk, "source": "builtin", "style": "the_starry_night"}
    return {
        "style": builtin,
        "gatys": {"image": image.pk, "source": "photo", "style_image": image.pk},
        "morph": {"first": face.pk, "second": face.pk},
        "growing_up": {"person": person.pk},
        "detectors": {"image": image.pk},
        "edit": {"change": PhotoChange.objects.create(owner=owner, kind="date").pk},
    }


def test_every_kind_of_job_is_tested_here(owner: User) -> None:
    assert set(job_kinds()) == set(inputs_of(owner))


@pytest.mark.parametrize("kind", sorted(job_kinds()))
def test_rows_of_another_account_are_refused_when_a_job_is_created_and_when_it_runs(
    owner: User, stranger: User, kind: str
) -> None:
    inputs = inputs_of(owner)[kind]
    with pytest.raises(JobFailed) as refused:
        job_create(owner=stranger, kind=kind, inputs=inputs)
    assert refused.value.code in GONE
    job = Job.objects.create(owner=stranger, kind=kind, inputs=inputs)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason, list(job.files.all())) == ("failed", refused.value.code, [])
