"""Embedder profiles: all figures that belong to one embedder, in one place.

A new embedder gets one profile here and one module in `models/`. Vectors of two embedders are never compared,
so no figure of one applies to another.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from faces.vision.alignment import ARCFACE_TEMPLATE, BoxCrop, LandmarkCrop
from faces.vision.calibration import Calibration
from faces.vision.errors import UnknownModel
from faces.vision.grouping.rules import JoinRule
from faces.vision.types import Detection, Pixels

ALWAYS = math.inf
"""As a limit of clarity: every face is below it."""


@dataclass(frozen=True, slots=True)
class PlacementLimits:
    """The limits for assigning a new face to a person at once, as cosine distances (0..2).

    nearest: a face at most this far from a person may be assigned.
    margin: the least by which it must be nearer to that person than to anybody else.
    """

    nearest: float
    margin: float


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """The figures of one network.

    name: of the network and of its file in the table of models.
    dimensions: length of its vectors.
    crop: cuts a face out of a picture the way the network was trained: (side, side, 3) RGB.
    full_length: length of the raw output from which on a face counts as clear (`Embedded.clarity` is 1).
    """

    name: str
    dimensions: int
    crop: Callable[[Pixels, Detection], Pixels]
    full_length: float


@dataclass(frozen=True, slots=True)
class Part:
    """A network's share of an embedder. The squares of an embedder's weights add up to 1.

    mirror_below: clarity below which FaceNet embeds the mirror image of a face, too.
    """

    network: NetworkProfile
    weight: float = 1.0
    mirror_below: float = ALWAYS


@dataclass(frozen=True, slots=True)
class EmbedderProfile:
    """The figures of one embedder.

    name: as in settings and in stored rows.
    parts: its networks, whose vectors are joined in this order.
    calibration: probabilities of its distances.
    join_rule: mean distances at which groups are joined.
    placement: limits for assigning new faces at once.
    """

    name: str
    parts: tuple[Part, ...]
    calibration: Calibration
    join_rule: JoinRule
    placement: PlacementLimits

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return sum(part.network.dimensions for part in self.parts)


FACENET = NetworkProfile(
    name="facenet128",
    dimensions=128,
    # RetinaFace's boxes are about 3 wide to 4 high and end at the cheeks; FaceNet was trained on the squarer
    # boxes of MTCNN. At one false match in a thousand, the true matches rise from .977 to .988 on a composed
    # album and from .64 to .74 on a hard one. Neither a larger box (1.3 x 1.1: .71) nor a smaller one
    # (1.12 x 1.12: .69) nor a shifted one (4 % up or down: .71, .69) is as good.
    crop=BoxCrop(side=160, across=1.2, down=1.04),
    # Of the faces of people on hard albums, half have more than 11.9 and 99 in 100 more than 9.2; of blurred
    # faces in the background, half have less than 9.5, and groups of blurred strangers 6 to 9.5. With 11 or
    # 13 BCubed F1 is lower on every kind of album. (That the length of the raw output measures quality is
    # known of other networks: Meng et al., "MagFace", CVPR 2021.)
    full_length=12.0,
)

FACENET128 = EmbedderProfile(
    name="facenet128",
    parts=(Part(FACENET),),
    calibration=Calibration(
        slope=19.683,
        offset=11.785,
        pairs=3000,
        measured_on="lfw/pairs.csv, retinaface_mobilenet",
        error=0.0059,
    ),
    join_rule=JoinRule(),
    # Measured on four composed albums, two of them hard: half of the photos were grouped, and the faces of
    # the other half came one by one. Of the assigned faces .96 to .99 were with their person; of the faces
    # whose person was known .64 to .82 were assigned.
    placement=PlacementLimits(nearest=0.40, margin=0.10),
)

SFACE = NetworkProfile(
    name="sface128",
    dimensions=128,
    crop=LandmarkCrop(side=112, template=ARCFACE_TEMPLATE),
    # Of blurred faces in the background half have less than 8.6, of the people of a hard album 5 in 100.
    # SFace sees more in a poor face than FaceNet: with 12, BCubed F1 of a hard album falls from .945 to .860.
    full_length=8.0,
)

SFACE128 = EmbedderProfile(
    name="sface128",
    parts=(Part(SFACE),),
    calibration=Calibration(
        slope=25.609,
        offset=16.497,
        pairs=3000,
        measured_on="lfw/pairs.csv, retinaface_mobilenet",
        error=0.0062,
    ),
    # Its distances are larger. BCubed F1 is .999 on a composed album and .945 on a hard one; .929 at .63.
    join_rule=JoinRule(distance=0.65, few=0.12, usual_spread=0.35),
    # In proportion to its threshold.
    placement=PlacementLimits(nearest=0.45, margin=0.10),
)

FACENET_SFACE256 = EmbedderProfile(
    name="facenet_sface256",
    # Of the mirror images those of unclear faces are enough: a sixteenth of LFW's, a fifth of hard albums'.
    # With those of all faces, as FaceNet alone needs them, no figure is better (benchmarks/README.md).
    parts=(Part(FACENET, 0.4**0.5, mirror_below=0.9), Part(SFACE, 0.6**0.5)),
    # With .3 or .5 for FaceNet BCubed F1 differs by .001 on LFW and by .003 on a hard album. The mirror image
    # for SFace changes no figure by more than .0005, for half of the time again.
    calibration=Calibration(
        slope=22.714,
        offset=14.482,
        pairs=3000,
        measured_on="lfw/pairs.csv, retinaface_mobilenet",
        error=0.0033,
    ),
    # BCubed F1 and purity: LFW as it is .997 and .998 (FaceNet .987 and .989), a hard album .943 and 1.000
    # (FaceNet .907 and .996). At .63 LFW has .990 and a composed album .985 in place of .995; at .60 two of
    # three hard albums lose .001 to .003. Unclear faces that join the nearest mean raise a hard album that
    # was not tuned on from .916 to .932, of purity 1.000; up to .60 more strangers join than by .58.
    join_rule=JoinRule(distance=0.61, few=0.13, usual_spread=0.325, unclear=0.58),
    # In proportion to its threshold.
    placement=PlacementLimits(nearest=0.43, margin=0.10),
)

PROFILES = {profile.name: profile for profile in (FACENET128, SFACE128, FACENET_SFACE256)}


def profile_of(embedder: str) -> EmbedderProfile:
    """Return the profile of an embedder. Raises UnknownModel."""
    try:
        return PROFILES[embedder]
    except KeyError as error:
        raise UnknownModel(embedder, list(PROFILES)) from error
