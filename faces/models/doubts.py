"""What who looks after the archive is shown of groups, and what they pass on to the owner."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from faces.models.people import Person


class GroupDoubt(models.Model):
    """How doubtful a group of faces is: kept, since a list in the order of doubt must look at all of them.

    Made by `services.doubts` and by nothing else, always from the faces; there is nothing in it to lose.
    No foreign key in the database: looking at groups must not wait for somebody who merges people.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="weighed"
    )
    faces = models.PositiveIntegerField()
    doubt = models.FloatField(
        help_text="how much farther apart its sides are than they may be; cosine distance"
    )
    apart = models.PositiveIntegerField(default=0, help_text="faces on the smaller side of that cut")
    cuts = models.PositiveIntegerField(default=0, help_text="cuts at which the group would come apart")
    sides = models.JSONField(
        default=list, help_text="ids of faces to be shown of each side; empty where none is suspected"
    )
    probability = models.FloatField(default=1.0, help_text="that both sides are one person, 0..1")
    persistence = models.FloatField(help_text="HDBSCAN's, 0..1")
    outlier = models.FloatField(help_text="the greatest of HDBSCAN's outlier scores, 0..1")
    spread = models.FloatField(help_text="mean cosine distance between two faces, 0..2")
    model = models.CharField(max_length=64, help_text="whose vectors were compared")
    signature = models.CharField(
        max_length=32, help_text="of the faces and what was said of them: another one, look again"
    )
    weighed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-doubt", "pk"]
        verbose_name = "group"
        verbose_name_plural = "cluster review"
        indexes = [models.Index(fields=["-doubt", "person"], name="group_by_doubt")]

    def __str__(self) -> str:
        return f"group {self.pk}"


class SentQuestion(models.Model):
    """A question that who looks after the archive put into the owner's review queue: it comes first there.

    Whether it is still open is seen from the people and faces that it names, so that undoing an answer asks
    it again.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=100, help_text="as in the review queue")
    about = models.BigIntegerField(help_text="id of the group that was looked at")
    at = models.DateTimeField(default=timezone.now)
    sides = models.JSONField(default=list, help_text="ids of faces to be shown of each side of a cut")
    settles = models.PositiveIntegerField(default=1, help_text="faces on the smaller side")
    probability = models.FloatField(help_text="that both sides are one person, 0..1")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="question_sent_once")]

    def __str__(self) -> str:
        return self.key
