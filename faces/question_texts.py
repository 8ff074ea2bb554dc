"""Texts of the review queue's questions, for pages and the API."""

from django.utils.translation import gettext as _

from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Kind


def question_text(question: Question) -> str:
    """Return the question in the reader's language."""
    name = question.name
    words = {"name": name or _("this person")}
    match question.kind:
        case Kind.SAME_PERSON:
            return _("Is this also %(name)s?") % words if name else _("Same person?")
        case Kind.IS_NAME:
            return _("Is this %(name)s?") % words
        case Kind.IS_FACE:
            return _("Is this a face?") if question.settles == 1 else _("Which of these are not faces?")
        case Kind.KNOWN:
            return _("Do you know these people?")
        case Kind.TWICE | Kind.AGAIN:
            return _("Is %(name)s in this photo twice?") % words
        case Kind.MIXED:
            return _("Are all of these %(name)s?") % words if name else _("One person or two?")
