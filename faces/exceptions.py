"""Errors of edits to people and of comparisons of faces: one class for each reason, with a stable code."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django_stubs_ext import StrPromise

from albums.exceptions import ImageRefused


class PeopleError(Exception):
    """An edit that is not possible. The message is shown to users."""

    code: ClassVar[str] = "people_error"
    default_message: ClassVar[str | StrPromise] = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(self.default_message))


class FacesError(PeopleError):
    """An edit that is not possible because of some of the faces; `count` in the message is their number."""

    def __init__(self, face_ids: Sequence[int]) -> None:
        self.face_ids = list(face_ids)
        super().__init__(self.default_message % {"count": len(self.face_ids)})


class NotThere(PeopleError):
    """The object does not exist or belongs to another user; the message does not tell which."""

    code = "not_there"
    default_message = gettext_lazy("Not found")


class NameTaken(PeopleError):
    """Another person of the same owner has this name; the two can be merged."""

    code = "name_taken"

    def __init__(self, *, name: str, namesake_id: int) -> None:
        self.name, self.namesake_id = name, namesake_id
        super().__init__(_("There is already a person named %(name)s.") % {"name": name})


class NameRefused(PeopleError):
    """The name is too long, empty or has invalid characters."""

    code = "name_refused"


class NothingSelected(PeopleError):
    """The edit needs at least one face or another person."""

    code = "nothing_chosen"
    default_message = gettext_lazy("Nothing is selected.")


class NothingLeft(PeopleError):
    """A split would leave the person without faces."""

    code = "nothing_left"
    default_message = gettext_lazy("Leave at least one face with this person.")


class NotOfThisPerson(FacesError):
    """Faces that do not belong to the given person."""

    code = "not_of_this_person"
    default_message = ngettext_lazy(
        "This face does not belong to this person.",
        "%(count)s of these faces do not belong to this person.",
        "count",
    )


class FacesUnassigned(FacesError):
    """Unassigned faces cannot be confirmed or rejected without a person."""

    code = "nobody_to_confirm"
    default_message = ngettext_lazy(
        "This face is unassigned. Choose who it is.",
        "%(count)s of these faces are unassigned. Choose who they are.",
        "count",
    )


class FaceDismissed(FacesError):
    """Dismissed faces must be restored before they can belong to a person."""

    code = "face_dismissed"
    default_message = gettext_lazy("One of these was marked as not a face. Undo that first.")


class FaceThereAlready(PeopleError):
    """The photo already has a face at the drawn box."""

    code = "face_there_already"
    default_message = gettext_lazy("This face already has a box. Select it to name the person.")

    def __init__(self, face_id: int) -> None:
        self.face_id = face_id
        super().__init__()


class NotAFaceBox(PeopleError):
    """The drawn box is too small or outside the photo."""

    code = "not_a_face_box"
    default_message = gettext_lazy("This box is too small. Draw it around the whole face.")


class PhotoGone(PeopleError):
    """The photo's file cannot be read, so no face can be cropped from it."""

    code = "photo_gone"


class FactsContradict(FacesError):
    """A merge contradicts verdicts: the faces are confirmed for one person and rejected for the other."""

    code = "facts_contradict"
    default_message = ngettext_lazy(
        "%(count)s face was confirmed as one of these people and not the other.",
        "%(count)s faces were confirmed as one of these people and not the other.",
        "count",
    )


class NotTheNewest(PeopleError):
    """Changes are undone newest first, and there is a newer one."""

    code = "not_the_newest"

    def __init__(self, *, newest_id: int, summary: str) -> None:
        self.newest_id = newest_id
        super().__init__(_("Undo a later change first: %(summary)s") % {"summary": summary})


class AlreadyUndone(PeopleError):
    """The change has already been undone."""

    code = "already_undone"
    default_message = gettext_lazy("This has already been undone.")


class QuestionGone(PeopleError):
    """The question is no longer open: it was answered, or its people or faces have changed."""

    code = "question_gone"
    default_message = gettext_lazy("This question is no longer open: something has changed.")


class ComparisonError(Exception):
    """A face that cannot be searched with or compared; its messages are in `error_messages`.

    which: 1 or 2, the picture of a comparison; 0 if there is only one.
    """

    code: ClassVar[str] = "comparison_error"

    def __init__(self, detail: str = "", *, which: int = 0) -> None:
        self.which = which
        super().__init__(detail or self.code)


class NoFaceFound(ComparisonError):
    """The detector found no face in the picture."""

    code = "no_face"


class NoSuchFaceIndex(ComparisonError):
    """The index is out of the range of the picture's faces."""

    code = "no_such_face_index"

    def __init__(self, *, index: int, count: int, which: int = 0) -> None:
        super().__init__(f"There is no face {index} among the {count} of this picture.", which=which)


class FaceNotReadYet(ComparisonError):
    """A stored face that has no embedding of the current model yet."""

    code = "face_not_read_yet"


class PersonNotReadYet(ComparisonError):
    """A person without a face that has an embedding of the current model."""

    code = "person_not_read_yet"

    def __init__(self) -> None:
        super().__init__("No face of this person was scanned with the model in use yet.")


class BaseExpired(ComparisonError):
    """A base for camera frames that is too old, of another model or of another account."""

    code = "base_expired"

    def __init__(self) -> None:
        super().__init__("The base picture is no longer valid. Send it again.")


class NoSuchVerifier(ComparisonError):
    """No trained verifier has this name, or it takes the vectors of another model."""

    code = "no_such_verifier"

    def __init__(self) -> None:
        super().__init__("This model isn't on this server, or it was trained for another one.")


class PictureRefused(ComparisonError):
    """A file that cannot be read as a picture; `code` is the code of the `ImageRefused` error."""

    def __init__(self, refusal: ImageRefused, *, which: int = 0) -> None:
        super().__init__(str(refusal), which=which)
        self.code = str(refusal.code)  # type: ignore[misc]  # differs by instance


class EffectCode(StrEnum):
    """Reasons why an effect on faces fails, as stored in jobs; texts in `faces.error_messages`."""

    NO_FACE = "effect_no_face"
    TURNED_AWAY = "effect_turned_away"
    TURNED_APART = "effect_turned_apart"
    UNREADABLE = "effect_unreadable"
    FACE_GONE = "effect_face_gone"
    PERSON_GONE = "effect_person_gone"
    FEW_PORTRAITS = "effect_few_portraits"
    NO_MODEL = "effect_no_model"
    OPTIONS = "effect_options"
