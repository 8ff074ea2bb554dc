"""The kinds of job, registered by the apps (`Extension.job_kinds`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django_stubs_ext import StrOrPromise

from albums.exceptions import JobCode, JobRefused
from albums.extensions import provided

if TYPE_CHECKING:
    from albums.services.jobs.context import JobContext

Values = Mapping[str, Any]
"""The inputs or options of a job: JSON values by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job.

    run: does the work, and returns the result as JSON. It may run again after its process was killed, so its
    only effects are those of the context. Raises JobFailed with a code for an expected failure.
    check: raises JobFailed when the owner may not use these inputs (`check(owner, inputs, options)`). It is
    called when the job is created and again when it runs.
    most_waiting: unfinished jobs of this kind that one owner may have.
    stages, errors: the texts of the kind's stages and of its error codes.
    stoppable: the owner may end a run early and take the result as it is (`JobContext.stopping`).
    tool: the name of the studio tool where such a job is started.
    result_template, scripts: the template with the result, and the scripts that it needs (static files).
    thumbnail: the name of the result that represents the job in lists; empty: the first picture.
    """

    name: str
    label: StrOrPromise
    run: Callable[["JobContext"], dict[str, Any]]
    check: Callable[[User, Values, Values], None] | None = None
    most_waiting: int = 5
    stages: Mapping[str, StrOrPromise] = field(default_factory=dict)
    errors: Mapping[str, StrOrPromise] = field(default_factory=dict)
    stoppable: bool = False
    tool: str = ""
    scripts: Sequence[str] = ()
    thumbnail: str = ""
    result_template: str = ""


def job_kinds() -> dict[str, JobKind]:
    """Return all kinds by name."""
    return {kind.name: kind for kind in provided(lambda app: app.job_kinds)}


def job_kind(name: str) -> JobKind:
    """Return a kind. Raises JobRefused when there is none of this name."""
    kind = job_kinds().get(name)
    if kind is None:
        raise JobRefused(JobCode.UNKNOWN_KIND, {"kind": name})
    return kind
