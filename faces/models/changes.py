"""Changes of people, grouping runs, and skipped questions."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from faces.messages import Message


class Change(models.Model):
    """A change of an owner's people by a user or by a run, with what undoes it."""

    class Kind(models.TextChoices):
        """Kinds of changes."""

        NAME = "name", pgettext_lazy("a change", "Named")
        MERGE = "merge", pgettext_lazy("a change", "Merged")
        SPLIT = "split", pgettext_lazy("a change", "Split")
        ASSIGN = "assign", pgettext_lazy("a change", "Moved")
        CONFIRM = "confirm", pgettext_lazy("a change", "Confirmed")
        REJECT = "reject", pgettext_lazy("a change", "Rejected")
        HIDE = "hide", pgettext_lazy("a change", "Hidden")
        SHOW = "show", pgettext_lazy("a change", "Shown again")
        COVER = "cover", pgettext_lazy("a change", "Cover changed")
        DETAILS = "details", pgettext_lazy("a change", "Details changed")
        DISMISS = "dismiss", pgettext_lazy("a change", "Face removed")
        DRAW = "draw", pgettext_lazy("a change", "Face added")
        REPEATS = "repeats", pgettext_lazy("a change", "Photo exception")
        ANSWERS = "answers", pgettext_lazy("a change", "Questions answered")
        RUN = "run", pgettext_lazy("a change", "People grouped")
        REINDEX = "reindex", pgettext_lazy("a change", "Photos rescanned")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_changes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    wording = models.JSONField(default=dict, blank=True, help_text="the message, translated when it is read")
    text = models.TextField(blank=True, help_text="the message as text, in rows without a wording")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    rows = models.JSONField(
        default=dict,
        help_text="fields before and after by table and row id; null: no row",
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="change_by_owner")]

    def __str__(self) -> str:
        # Without the message, which has names: logs and the administration show rows so.
        return f"change {self.pk} of owner {self.owner_id}: {self.kind}"

    @property
    def summary(self) -> str:
        """The message in the reader's language, or the kind of change."""
        return str(Message.of_json(self.wording)) if self.wording else self.text or self.get_kind_display()

    @summary.setter
    def summary(self, words: Message | str) -> None:
        self.wording = words.as_json() if isinstance(words, Message) else {}
        self.text = "" if isinstance(words, Message) else words


class ClusteringRun(models.Model):
    """A grouping of an owner's faces into people: its parameters, result and duration."""

    class State(models.TextChoices):
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clustering_runs"
    )
    state = models.CharField(max_length=16, choices=State, default=State.DONE)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    embedder = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    faces = models.PositiveIntegerField(default=0, help_text="faces that were grouped or left unassigned")
    people = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0, help_text="faces left unassigned")
    moved = models.PositiveIntegerField(default=0, help_text="faces whose person changed")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="run_by_owner")]

    def __str__(self) -> str:
        return f"grouping {self.pk} of owner {self.owner_id}: {self.state}"


class SkippedQuestion(models.Model):
    """A skipped question of the review queue, which comes back after all others."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="question_skipped_once")]

    def __str__(self) -> str:
        return self.key
