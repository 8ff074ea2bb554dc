"""Cluster review: the quality of groups, and the questions that operators send to owners."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from faces.models.people import Person


class ClusterQuality(models.Model):
    """The quality of a group of faces, stored because a list sorted by it must compute it for all groups.

    Only `services.reviewing.cluster_quality` writes it, always from the faces, so it can be computed again.
    No foreign key in the database: computing qualities must not wait for a merge of people.
    """

    person = models.OneToOneField(
        Person,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="cluster_quality",
    )
    faces = models.PositiveIntegerField()
    excess = models.FloatField(
        help_text="distance of its sides beyond that of one person; cosine distance, above 0: suspected"
    )
    apart = models.PositiveIntegerField(default=0, help_text="faces on the smaller side of that cut")
    cuts = models.PositiveIntegerField(default=0, help_text="cuts at which the group would come apart")
    sides = models.JSONField(
        default=list, help_text="ids of faces to show of each side; empty unless suspected"
    )
    probability = models.FloatField(default=1.0, help_text="that both sides are one person, 0..1")
    persistence = models.FloatField(help_text="HDBSCAN's, 0..1")
    outlier = models.FloatField(help_text="the greatest of HDBSCAN's outlier scores, 0..1")
    spread = models.FloatField(help_text="mean cosine distance between two faces, 0..2")
    model = models.CharField(max_length=64, help_text="whose vectors were compared")
    signature = models.CharField(
        max_length=32, help_text="of the faces and their verdicts: if it differs, compute again"
    )
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-excess", "pk"]
        verbose_name = "group"
        verbose_name_plural = "cluster review"
        indexes = [models.Index(fields=["-excess", "person"], name="group_by_excess")]

    def __str__(self) -> str:
        return f"group {self.pk}"


class OperatorQuestion(models.Model):
    """A question that an operator sent to the owner's review queue, where it comes first.

    The people and faces that it names decide if it is open, so undoing an answer opens it again.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=100, help_text="as in the review queue")
    about = models.BigIntegerField(help_text="id of the reviewed group")
    at = models.DateTimeField(default=timezone.now)
    sides = models.JSONField(default=list, help_text="ids of faces to show of each side of a cut")
    settles = models.PositiveIntegerField(default=1, help_text="faces on the smaller side")
    probability = models.FloatField(help_text="that both sides are one person, 0..1")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="question_sent_once")]

    def __str__(self) -> str:
        return self.key
