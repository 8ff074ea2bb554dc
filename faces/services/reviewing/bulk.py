"""Change several people at once, each time as one change."""

from collections.abc import Sequence

from django.contrib.auth.models import User

from faces.exceptions import QuestionGone
from faces.messages import Message, message, message_plural
from faces.models import Change, Person
from faces.services.history.history import change_recorded
from faces.services.people.edits import called, people_apart, person_hide, person_show
from faces.services.reviewing.answering import Answer, answer


def people_set_hidden(*, people: Sequence[Person], hidden: bool, by: User) -> Message:
    """Hide people, or show them again, as one change; return its summary. Raises NotThere."""
    kind = Change.Kind.HIDE if hidden else Change.Kind.SHOW
    summary = _summary(people, hidden=hidden)
    with change_recorded(owner=by, by=by, kind=kind, faces=(), people=()) as change:
        for person in people:
            (person_hide if hidden else person_show)(person=person, by=by)
        change.summary = summary
    return summary


def people_mark_apart(*, one: Person, other: Person, by: User) -> None:
    """Record that two people are different. Raises QuestionGone where that is known, and for one person."""
    if one.pk == other.pk:
        raise QuestionGone
    if one.name and other.name:
        people_apart(people=[one, other], by=by)
    else:
        key = f"same:{min(one.pk, other.pk)}:{max(one.pk, other.pk)}"
        answer(owner=by, key=key, answer=Answer.NO, by=by)


def _summary(people: Sequence[Person], *, hidden: bool) -> Message:
    if len(people) == 1:
        name = called(people[0])
        return (
            message("Hidden: %(name)s", name=name) if hidden else message("Shown again: %(name)s", name=name)
        )
    if hidden:
        return message_plural("%(count)s person hidden", "%(count)s people hidden", len(people))
    return message_plural("%(count)s person shown again", "%(count)s people shown again", len(people))
