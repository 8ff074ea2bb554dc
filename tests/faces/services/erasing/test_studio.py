"""Results of the studio go with the faces that they were made of."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.models import Job, JobFile
from albums.services.jobs.context import job_file_put
from faces.services.erasing.erasure import person_erase, recognition_end
from faces.services.explaining.job import PHOTO
from tests.faces.services.conftest import World
from tests.faces.services.erasing.families import family

pytestmark = pytest.mark.django_db


def job_of(owner: User, kind: str, **inputs: Any) -> Job:
    job = Job.objects.create(owner=owner, kind=kind, state=Job.State.DONE, inputs=inputs, saved=True)
    job_file_put(job, JobFile.Role.RESULT, "result.txt", b"a face", "text/plain").save()
    return job


def test_a_persons_morphs_and_animations_are_erased_and_others_stay(
    world: World, stranger: User, django_capture_on_commit_callbacks: Any
) -> None:
    anna, bert, faces = family(world)
    hers, his = faces[0], faces[1]
    erased = [
        job_of(world.owner, "morph", first=his.pk, second=hers.pk),
        job_of(stranger, "morph", first=hers.pk),
        job_of(world.owner, "growing_up", person=anna.pk),
        job_of(world.owner, "detectors", **{PHOTO: hers.image_id}),
    ]
    stay = {
        job_of(world.owner, "morph", first=his.pk).pk,
        job_of(world.owner, "growing_up", person=bert.pk).pk,
        job_of(world.owner, "style", photo=hers.image_id).pk,
    }
    files = [file.file for job in erased for file in job.files.all()]
    with django_capture_on_commit_callbacks(execute=True):
        receipt = person_erase(person=anna, by=world.owner)
    assert set(Job.objects.values_list("pk", flat=True)) == stay
    assert not any(file.storage.exists(str(file.name)) for file in files)
    assert receipt.counts["studio"] == len(erased)


def test_switching_recognition_off_erases_all_results_with_faces(world: World, stranger: User) -> None:
    job_of(world.owner, "morph")
    job_of(world.owner, "growing_up", person=1)
    stay = {job_of(world.owner, "style", photo=1).pk, job_of(stranger, "morph").pk}
    assert recognition_end(owner=world.owner).counts["studio"] == 2
    assert set(Job.objects.values_list("pk", flat=True)) == stay
