"""Shapes of background jobs, groupings and reindexing."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.common import Shape
from faces.models import ClusteringRun
from faces.services.grouping.plan import Plan, Redistribution


class StageOut(Shape):
    """Progress of one kind of job."""

    name = serializers.CharField(help_text="read, scan, group")
    label = serializers.CharField()  # type: ignore[assignment]  # a field called label
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True, help_text="results so far")
    finished = serializers.BooleanField()

    example = {"name": "read", "label": "Photos read", "failed": 1}


class JobsOut(Shape):
    """Progress of the jobs for an account's photos."""

    busy = serializers.BooleanField()
    stages = StageOut(many=True)

    example = {"busy": True}


class BatchStageOut(Shape):
    """Progress of one kind of job for recent photos."""

    words = serializers.CharField(help_text="the progress in words")
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    finished = serializers.BooleanField()


class BatchIn(Shape):
    """The time after which photos are included."""

    since = serializers.DateTimeField(help_text="include photos that were uploaded after this time")


class BatchOut(Shape):
    """Progress of the jobs for recent photos."""

    busy = serializers.BooleanField()
    stages = BatchStageOut(many=True)

    example = {"busy": True}


class FailedScanOut(Shape):
    """A photo whose scan for faces failed."""

    image = serializers.IntegerField(source="image_id")
    reason = serializers.CharField(help_text="a stable code")
    detail = serializers.CharField(source="why", help_text="the reason in words")
    attempts = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)

    example = {"reason": "unreadable", "detail": "The file can't be read."}


class RunOut(Shape):
    """A grouping of faces into people."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=ClusteringRun.State.choices)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    embedder = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField(), help_text="values by name")
    faces = serializers.IntegerField()
    people = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="unassigned faces")
    moved = serializers.IntegerField(help_text="faces assigned to another person")
    error = serializers.CharField(allow_blank=True)

    example = {"id": 31, "state": "done", "faces": 812, "people": 41}


class QueuedOut(Shape):
    """The state of a job that was queued."""

    queued = serializers.BooleanField()

    example = {"queued": True}


class PartOut(Shape):
    """The person some faces would be assigned to."""

    person = serializers.IntegerField(allow_null=True, help_text="null: a new person")
    faces = serializers.IntegerField()


class PartingOut(Shape):
    """A person whose faces would be assigned to other people."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField(allow_blank=True)
    into = serializers.SerializerMethodField()

    example = {"person": 40, "name": "", "into": [{"person": 40, "faces": 12}, {"person": None, "faces": 2}]}

    @extend_schema_field(PartOut(many=True))
    def get_into(self, parting: Redistribution) -> list[dict[str, int | None]]:
        """Return the people by descending number of faces. New people have negative ids."""
        parts = sorted(parting.into.items(), key=lambda item: (-item[1], item[0]))
        return [{"person": person if person > 0 else None, "faces": count} for person, count in parts]


class PlanOut(Shape):
    """The result of a grouping that has not been applied."""

    faces = serializers.IntegerField()
    people = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="unassigned faces")
    moved = serializers.SerializerMethodField(help_text="faces that would be assigned to another person")
    made = serializers.IntegerField(help_text="new people")
    names_lost = serializers.ListField(child=serializers.CharField(), help_text="always empty")
    splits = PartingOut(many=True, help_text="people whose faces would be split between several")
    joins = PartingOut(many=True, help_text="people all of whose faces would be assigned to others")
    parameters = serializers.DictField(child=serializers.CharField(), help_text="values by name")

    example = {"faces": 812, "people": 41, "names_lost": [], "joins": []}

    def get_moved(self, plan: Plan) -> int:
        """Return the number of faces that would be assigned to another person."""
        return len(plan.moves)


class ReindexQuery(Shape):
    """The models to reindex with. Omitted: the account's models."""

    detector = serializers.CharField(required=False, max_length=64)
    embedder = serializers.CharField(required=False, max_length=64)


class ReindexOut(Shape):
    """The amount of work of a reindex."""

    detector = serializers.CharField()
    embedder = serializers.CharField()
    photos = serializers.IntegerField(help_text="photos to scan for faces")
    faces = serializers.IntegerField(help_text="faces to embed")
