"""The faces that frames of a camera are compared with: a signed vector, or the best faces of a person."""

import base64

import numpy as np
from django.contrib.auth.models import User
from django.core import signing

from faces.exceptions import BaseExpired, NotThere, PersonNotReadYet
from faces.models import Face, FaceEmbedding, Person
from faces.vectors import Array

SALT = "faces.verification-base"
LIFETIME = 3600
"""Seconds after which a token expires."""

PERSON_FACES = 5
"""The best faces of a person that count.

The mean distance to five faces is surest at the threshold of pairs: of 570 pictures of people of LFW
against five others of the person FaceNet misses .53 %, and of 12,000 against another person .36 % pass. By
the nearest of the five 1.42 % pass, by their mean vector .66 %; against a single picture .57 % are missed
and .56 % pass. SFace lets .07 % pass (benchmarks/verification.py --people).
"""


def base_sign(*, user: User, model: str, vector: Array) -> str:
    """Return the vector of a face as a token for this user. It is signed, not stored and not encrypted."""
    packed = base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")
    return signing.dumps({"user": user.pk, "model": model, "vector": packed}, salt=SALT)


def base_load(token: str, *, user: User, model: str) -> Array:
    """Return the vector of a token: (1, dimensions).

    Raises BaseExpired for a token that is changed, old, of another model or of another user.
    """
    try:
        values = signing.loads(token, salt=SALT, max_age=LIFETIME)
        packed = base64.b64decode(values["vector"], validate=True)
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise BaseExpired from error
    if (values["user"], values["model"]) != (user.pk, model):
        raise BaseExpired
    return np.frombuffer(packed, dtype="<f4").astype(np.float32)[None]


def person_vectors(person: Person, *, user: User, model: str) -> Array:
    """Return the vectors of a person's best faces: (n, dimensions), n at most `PERSON_FACES`.

    Confirmed faces come before others. Raises NotThere for another user's person, PersonNotReadYet if no face
    has a vector of the model.
    """
    if person.owner_id != user.pk:
        raise NotThere
    faces = Face.objects.visible_to(user).present().filter(person=person, embeddings__model=model)
    best = faces.with_confirmed().order_by("-confirmed", "-quality", "pk")[:PERSON_FACES]
    rows = FaceEmbedding.objects.filter(face__in=[face.pk for face in best], model=model)
    vectors = [row.vector for row in rows]
    if not vectors:
        raise PersonNotReadYet
    return np.stack(vectors)
