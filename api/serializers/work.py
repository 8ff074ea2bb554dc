"""The work in the background."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.common import MOST_IDS, row_id
from faces.models import ClusteringRun


class StageOut(serializers.Serializer[Any]):
    """How far one kind of work is."""

    name = serializers.CharField(help_text="read, scan, group")
    label = serializers.CharField()  # type: ignore[assignment]  # every field has a label, and this a field of it
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True, help_text="what has come of it so far")
    finished = serializers.BooleanField()


class JobsOut(serializers.Serializer[Any]):
    """How far the work on one's photos is."""

    busy = serializers.BooleanField()
    stages = StageOut(many=True)


class FailedScanOut(serializers.Serializer[Any]):
    """A photo in which faces could not be looked for."""

    image = serializers.IntegerField(source="image_id")
    reason = serializers.CharField(help_text="a stable code")
    detail = serializers.CharField(source="why", help_text="the same for people")
    attempts = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)


class RunOut(serializers.Serializer[Any]):
    """One grouping of faces into people."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=ClusteringRun.State.choices)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    embedder = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField(), help_text="as text, by name")
    faces = serializers.IntegerField()
    people = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="faces left with nobody")
    moved = serializers.IntegerField(help_text="faces whose person changed")
    error = serializers.CharField(allow_blank=True)


class QueuedOut(serializers.Serializer[Any]):
    """What was handed to the workers."""

    queued = serializers.BooleanField()


class RetryIn(serializers.Serializer[Any]):
    """What is tried once more."""

    images = serializers.ListField(
        child=row_id(),
        allow_empty=False,
        max_length=MOST_IDS,
        required=False,
        allow_null=True,
        default=None,
        help_text="null or left out: all that failed",
    )


class SoFarIn(serializers.Serializer[Any]):
    """Since when."""

    since = serializers.DateTimeField(help_text="photos that came in after it")


class BatchStageOut(serializers.Serializer[Any]):
    """How far one kind of work on some photos is."""

    words = serializers.CharField(help_text="for people")
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    finished = serializers.BooleanField()


class SoFarOut(serializers.Serializer[Any]):
    """How far the work on what came lately is."""

    busy = serializers.BooleanField()
    stages = BatchStageOut(many=True)


class PartOut(serializers.Serializer[Any]):
    """Where some of a person's faces go."""

    person = serializers.IntegerField(allow_null=True, help_text="null: somebody new")
    faces = serializers.IntegerField()


class PartingOut(serializers.Serializer[Any]):
    """A person whose faces go to several, or all to others."""

    person = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    into = PartOut(many=True)


class PlanOut(serializers.Serializer[Any]):
    """What a grouping would do."""

    faces = serializers.IntegerField()
    people = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="faces left with nobody")
    moved = serializers.IntegerField(help_text="faces whose person would change")
    made = serializers.IntegerField(help_text="people who are new")
    names_lost = serializers.ListField(child=serializers.CharField(), help_text="always empty")
    splits = PartingOut(many=True, help_text="people whose faces would be with several")
    joins = PartingOut(many=True, help_text="people all of whose faces would go to others")
    parameters = serializers.DictField(child=serializers.CharField(), help_text="as text, by name")


class ReindexIn(serializers.Serializer[Any]):
    """With which models. Left out: as the account has them."""

    detector = serializers.CharField(required=False, max_length=64)
    embedder = serializers.CharField(required=False, max_length=64)


class ReindexOut(serializers.Serializer[Any]):
    """How much there would be to look at again."""

    detector = serializers.CharField()
    embedder = serializers.CharField()
    photos = serializers.IntegerField(help_text="in which faces would be looked for")
    faces = serializers.IntegerField(help_text="that would get another vector")
