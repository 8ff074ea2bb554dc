"""Why faces could not be looked for, in the language of who reads it: rows keep a code and no words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.refusals import refusal_words
from faces.vision.errors import ModelDamaged, ModelFailed, ModelMissing, ModelUnreachable, UnknownModel

CRASHED = "crashed"
TOOK_TOO_LONG = "took_too_long"

_NOT_INSTALLED = _(
    "A model is not installed on this server. Whoever looks after it can install it: bin/manage fetch_models"
)
_SENTENCES: dict[str, str | Promise] = {
    CRASHED: _("Looking for faces was tried several times, and never came to an end."),
    TOOK_TOO_LONG: _("Looking for faces took too long."),
    ModelMissing.code: _NOT_INSTALLED,
    ModelUnreachable.code: _NOT_INSTALLED,
    ModelDamaged.code: _(
        "A model on this server is damaged. "
        "Whoever looks after it can install it again: bin/manage fetch_models"
    ),
    ModelFailed.code: _("The model gave up: the server may have too little memory."),
    UnknownModel.code: _("The settings of this server name an unknown model."),
}


def failure_words(code: str, *, otherwise: str = "") -> str:
    """The sentence for a code, also for that of an unreadable photo; `otherwise` for an unknown one."""
    return str(_SENTENCES.get(code) or refusal_words(code, {}, otherwise=otherwise))
