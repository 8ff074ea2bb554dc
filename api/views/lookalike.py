"""Look-alike searches and comparisons, by an uploaded picture, which is not stored, or a stored face."""

from typing import Any, BinaryIO

from rest_framework.parsers import JSONParser, MultiPartParser

from albums.http.body_limits import pictures
from api.lookups import get_face
from api.negotiation import JSON
from api.schema import BUSY, Operation
from api.serializers.lookalike import (
    BestOut,
    FaceBestIn,
    FaceLookalikeIn,
    FaceSourceIn,
    FacesVerifyIn,
    LookalikeIn,
    LookalikeOut,
    PictureBestIn,
    PictureLookalikeIn,
    VerifiersOut,
    VerifyIn,
    VerifyOut,
)
from api.views.base import FacesView, ModelView
from faces.models import Face
from faces.services.searching.galleries import gallery_get
from faces.services.searching.lookalike import LookalikeResult, lookalikes, lookalikes_of_face
from faces.services.searching.verification import Verification, verifiers_for, verify
from faces.services.searching.verifiers import InstalledVerifier

MULTIPART = "multipart/form-data"


class LookalikeView(ModelView):
    """Base of the views that take a picture or a stored face."""

    tag = "look-alike"
    parser_classes = (MultiPartParser, JSONParser)
    takes_bodies = staticmethod(pictures)

    def search(self, data: dict[str, Any], *, people: int, faces: int) -> LookalikeResult:
        """Return similar people and faces. Raises NotThere, and the errors of `lookalikes`."""
        gallery = gallery_get(self.user, data["gallery"]) if "gallery" in data else None
        wanted: dict[str, Any] = {"people": people, "faces": faces, "gallery": gallery}
        if "face" in data:
            return lookalikes_of_face(user=self.user, face=get_face(self.user, data["face"]), **wanted)
        picture, index = data["picture"], data.get("face_index")
        return lookalikes(user=self.user, picture=picture, face_index=index, **wanted)


class Lookalike(LookalikeView):
    """Find similar people and faces."""

    @Operation(
        "lookalike",
        request={MULTIPART: PictureLookalikeIn, JSON: FaceLookalikeIn},
        response=LookalikeOut,
        request_example={"face": 881},
        errors=BUSY,
    )
    def post(self) -> LookalikeResult:
        """Find the people and faces that are most similar to a face, in the account's photos or in a gallery.

        Of a gallery only the faces of named people are searched.
        """
        data = self.validated_body(LookalikeIn)
        return self.search(data, people=data["people"], faces=data["faces"])


class LookalikeBest(LookalikeView):
    """Find the most similar face."""

    @Operation(
        "lookalike_best",
        request={MULTIPART: PictureBestIn, JSON: FaceBestIn},
        response=BestOut,
        request_example={"face": 881},
        errors=BUSY,
    )
    def post(self) -> dict[str, str | None]:
        """Find the photo and the name of the most similar face, in the account's photos or in a gallery."""
        found = self.search(self.validated_body(FaceSourceIn), people=0, faces=1).faces
        if not found:
            return {"path_to_file": None, "name": ""}
        face = found[0].face
        return {"path_to_file": face.image.source_path, "name": face.person.name if face.person else ""}


class Verify(LookalikeView):
    """Compare two faces."""

    @Operation(
        "verify",
        request={MULTIPART: VerifyIn, JSON: FacesVerifyIn},
        response=VerifyOut,
        request_example={"first_face": 881, "second_face": 2210},
        errors=BUSY,
    )
    def post(self) -> Verification:
        """Determine whether two faces show the same person.

        `picture` of an error gives the picture that caused it, 1 or 2. The cosine distance of the account's
        embedder decides, or the trained model that `verifier` names.
        """
        data = self.validated_body(VerifyIn)
        first, second = (self.source(data, side) for side in ("first", "second"))
        indices = {name: data.get(name) for name in ("first_index", "second_index")}
        return verify(
            user=self.user, first=first, second=second, **indices, verifier=data.get("verifier", "")
        )

    def source(self, data: dict[str, Any], side: str) -> BinaryIO | Face:
        """Return the picture or the stored face of a side. Raises Http404."""
        picture: BinaryIO | None = data.get(side)
        return get_face(self.user, data[f"{side}_face"]) if picture is None else picture


class Verifiers(FacesView):
    """List the trained models."""

    tag = "look-alike"

    @Operation("verifiers_list", response=VerifiersOut)
    def get(self) -> dict[str, list[InstalledVerifier]]:
        """List the trained models for the comparison of two faces, by name, with their tests.

        The operator trains them (`bin/manage train_verifier`). Each was tested on people whom it had not
        seen, beside the distance. They are never used for grouping. Listed are those that work with the
        account's embedder.
        """
        return {"verifiers": verifiers_for(self.user)}
