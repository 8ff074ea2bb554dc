"""Why something that was asked about people cannot be done: one class a reason, each with a stable code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from albums.exceptions import ImageRefused


class PeopleError(Exception):
    """Anything that keeps a wish about people from being fulfilled. The message is for people."""

    code: ClassVar[str] = "people_error"


class NotThere(PeopleError):
    """It does not exist, or is somebody else's: an answer never tells which."""

    code = "not_there"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(_("Not found"))


class NameTaken(PeopleError):
    """Another person of the same owner has this name; the two may be one, and can be merged."""

    code = "name_taken"

    def __init__(self, *, name: str, namesake_id: int) -> None:
        self.name, self.namesake_id = name, namesake_id
        super().__init__(_("There is already a person named %(name)s.") % {"name": name})


class NameRefused(PeopleError):
    """A name that cannot be kept: it is too long, or holds what is no text."""

    code = "name_refused"


class NothingChosen(PeopleError):
    """No face or no other person was named, and something must be done with one."""

    code = "nothing_chosen"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(_("Nothing is selected."))


class NothingLeft(PeopleError):
    """A split that would take every face: the person would stay behind with none."""

    code = "nothing_left"

    def __init__(self) -> None:
        super().__init__(_("Leave at least one face with this person."))


class NotOfThisPerson(PeopleError):
    """A face that is not with the person it was said to be with."""

    code = "not_of_this_person"

    def __init__(self, face_ids: Sequence[int]) -> None:
        self.face_ids = list(face_ids)
        super().__init__(
            ngettext(
                "This face does not belong to this person.",
                "%(count)s of these faces do not belong to this person.",
                len(self.face_ids),
            )
            % {"count": len(self.face_ids)}
        )


class NobodyToConfirm(PeopleError):
    """Faces that are with nobody: it must be said whom they show."""

    code = "nobody_to_confirm"

    def __init__(self, face_ids: Sequence[int]) -> None:
        self.face_ids = list(face_ids)
        super().__init__(
            ngettext(
                "This face is unassigned. Choose who it is.",
                "%(count)s of these faces are unassigned. Choose who they are.",
                len(self.face_ids),
            )
            % {"count": len(self.face_ids)}
        )


class FaceDismissed(PeopleError):
    """It was said of this to be no face; that must be undone before it can be somebody."""

    code = "face_dismissed"

    def __init__(self, face_ids: Sequence[int]) -> None:
        self.face_ids = list(face_ids)
        super().__init__(_("One of these was marked as not a face. Undo that first."))


class FaceThereAlready(PeopleError):
    """A face was drawn where there is one with a box."""

    code = "face_there_already"

    def __init__(self, face_id: int) -> None:
        self.face_id = face_id
        super().__init__(_("This face already has a box. Select it to name the person."))


class NotAFaceBox(PeopleError):
    """A drawn box with hardly a pixel in it, or outside the photo."""

    code = "not_a_face_box"

    def __init__(self) -> None:
        super().__init__(_("This box is too small. Draw it around the whole face."))


class PhotoGone(PeopleError):
    """A photo whose file cannot be read: no face can be cut out of it."""

    code = "photo_gone"


class FactsContradict(PeopleError):
    """A merge against something said before: faces that are one of the people and are not the other."""

    code = "facts_contradict"

    def __init__(self, face_ids: Sequence[int]) -> None:
        self.face_ids = list(face_ids)
        super().__init__(
            ngettext(
                "%(count)s face was confirmed as one of these people and not the other.",
                "%(count)s faces were confirmed as one of these people and not the other.",
                len(self.face_ids),
            )
            % {"count": len(self.face_ids)}
        )


class NotTheNewest(PeopleError):
    """Changes are undone newest first, and there is a newer one."""

    code = "not_the_newest"

    def __init__(self, *, newest_id: int, summary: str) -> None:
        self.newest_id, self.summary = newest_id, summary
        super().__init__(_("Undo a later change first: %(summary)s") % {"summary": summary})


class AlreadyUndone(PeopleError):
    """A change that was undone before."""

    code = "already_undone"

    def __init__(self) -> None:
        super().__init__(_("This has already been undone."))


class ComparisonError(Exception):
    """Anything that keeps a face from being searched with or compared. The message is for people.

    which: the picture of two that is meant, 1 or 2; 0 where there is only one.
    """

    code: ClassVar[str] = "comparison_error"

    def __init__(self, message: str, *, which: int = 0) -> None:
        self.which = which
        super().__init__(message)


class NoFaceFound(ComparisonError):
    """A picture in which there is no face that can be found."""

    code = "no_face"

    def __init__(self, *, which: int = 0) -> None:
        super().__init__("No face was found in this picture. A bigger or clearer one may help.", which=which)


class NoSuchFaceIndex(ComparisonError):
    """A number that is none of the faces in the picture."""

    code = "no_such_face_index"

    def __init__(self, *, index: int, count: int, which: int = 0) -> None:
        self.index, self.count = index, count
        legal = "0 is the only legal number" if count == 1 else f"legal numbers are 0 to {count - 1}"
        super().__init__(f"There is no face {index} in this picture: {legal}.", which=which)


class FaceNotReadYet(ComparisonError):
    """A stored face without a vector of the model in use: it cannot be compared until it was looked at."""

    code = "face_not_read_yet"

    def __init__(self, *, which: int = 0) -> None:
        super().__init__("This face was not looked at with the model in use yet.", which=which)


class PictureRefused(ComparisonError):
    """A file that cannot be read as a picture; `code` is that of the refusal."""

    def __init__(self, refusal: ImageRefused, *, which: int = 0) -> None:
        super().__init__(str(refusal), which=which)
        self.code = str(refusal.code)  # type: ignore[misc]  # as stable as the others, but one for each cause


class QuestionGone(PeopleError):
    """The question is no longer open: it was answered, or its people or faces have changed since."""

    code = "question_gone"

    def __init__(self) -> None:
        super().__init__(_("This question is no longer open: something has changed."))
