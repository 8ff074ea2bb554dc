"""The job that morphs one face into another: an animation, a video, the half-way portrait and all frames."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from albums import imaging
from albums.exceptions import JobFailed
from albums.imaging.animation import VideoUnavailable, encode_webm, encode_webp
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from faces.error_messages import EFFECT_ERRORS
from faces.exceptions import EffectCode
from faces.models import Face
from faces.services.effects.portraits import MeshedFace, face_meshed, upload_meshed
from faces.vision.effects.framing import common_share, frame
from faces.vision.effects.morph import (
    LARGEST_SIDE,
    SMALLEST_SIDE,
    MorphOptions,
    WarpBackend,
    frames_of,
    half_way,
)
from faces.vision.types import Pixels

KIND = "morph"
DEFAULT_FRAMES, DEFAULT_SIDE = 25, 640
MOST_APART = 45.0
"""Degrees between the directions of two faces above which too little skin is seen in both."""
JPEG_QUALITY = 90
MILLISECONDS = 2400
"""Duration of an animation without its ends."""
SHORTEST_STEP, LONGEST_STEP, HOLD = 40, 200, 700
"""Milliseconds of a frame, and of the first and the last one."""


def morph_options(options: Values) -> tuple[MorphOptions, int]:
    """Return the options of a morph and the side in pixels. Raises JobFailed for one out of its range."""
    side = options.get("side", DEFAULT_SIDE)
    try:
        if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
            raise ValueError(side)
        return MorphOptions(
            frames=options.get("frames", DEFAULT_FRAMES),
            shape=options.get("shape", 1.0),
            colour=options.get("colour", 1.0),
        ), int(side)
    except (TypeError, ValueError) as error:
        raise JobFailed(EffectCode.OPTIONS, detail=str(error)) from error


def morph_check(owner: User, inputs: Values, options: Values) -> None:
    """Check that the owner may see the stored faces, and the options. Raises JobFailed."""
    morph_options(options)
    for side in ("first", "second"):
        if side in inputs:
            _stored(owner, inputs[side])


def morph_run(context: JobContext) -> dict[str, Any]:
    """Morph the faces of the inputs `first` and `second`: ids of faces, or uploaded pictures."""
    options, side = morph_options(context.options)
    context.progress(0.02, "faces")
    faces = [_face(context, name, which) for which, name in enumerate(("first", "second"), start=1)]
    if abs(faces[0].mesh.yaw - faces[1].mesh.yaw) > MOST_APART:
        raise JobFailed(EffectCode.TURNED_APART)
    context.progress(0.1, "frames")
    share = common_share(*((face.picture, face.mesh) for face in faces))
    first, second = (frame(face.picture, face.mesh, side=side, share=share) for face in faces)
    morph = WarpBackend().prepare(first, second)
    pictures: list[Pixels] = []
    for picture in frames_of(morph, options):
        pictures.append(picture)
        context.progress(0.1 + 0.5 * len(pictures) / options.frames, "frames")
    _store(context, pictures, half_way(morph, options))
    return {"frames": options.frames, "side": side, "step": frame_step(options.frames)}


def frame_step(frames: int) -> int:
    """Return how long each frame of an animation is shown, in milliseconds."""
    return int(np.clip(MILLISECONDS // frames, SHORTEST_STEP, LONGEST_STEP))


def _store(context: JobContext, pictures: list[Pixels], middle: Pixels) -> None:
    for number, picture in enumerate(pictures):
        jpeg = imaging.encode_jpeg(picture, quality=JPEG_QUALITY).data
        context.result(f"frame-{number:03}.jpg", jpeg, "image/jpeg")
    context.result("half-way.jpg", imaging.encode_jpeg(middle, quality=JPEG_QUALITY).data, "image/jpeg")
    step = frame_step(len(pictures))
    times = [HOLD, *[step] * (len(pictures) - 2), HOLD]
    animation_store(context, pictures, times=times, step=step)


def animation_store(
    context: JobContext, pictures: list[Pixels], *, times: list[int], step: int, name: str = KIND
) -> None:
    """Store pictures as an animation and, where OpenCV can write it, as a video; both at the same time."""
    context.progress(0.65, "files")
    with ThreadPoolExecutor(1) as executor:
        video = executor.submit(encode_webm, pictures, milliseconds=times, step=step)
        context.result(f"{name}.webp", encode_webp(pictures, milliseconds=times), "image/webp")
        try:
            context.result(f"{name}.webm", video.result(), "video/webm")
        except VideoUnavailable:
            # The animation is there; only this build of OpenCV lacks the codec.
            return


def _face(context: JobContext, name: str, which: int) -> MeshedFace:
    if name in context.inputs:
        return face_meshed(_stored(context.owner, context.inputs[name]), which=which)
    return upload_meshed(context.input(name), owner_id=context.owner.pk, which=which)


def _stored(owner: User, key: object) -> Face:
    faces = Face.objects.visible_to(owner).present().select_related("image")
    face = faces.filter(pk=key).first() if isinstance(key, int) else None
    if face is None:
        raise JobFailed(EffectCode.FACE_GONE)
    return face


MORPH = JobKind(
    name=KIND,
    label=_("Morph"),
    run=morph_run,
    check=morph_check,
    stages={
        "faces": _("Finding the faces…"),
        "frames": _("Drawing the frames…"),
        "files": _("Writing the animation…"),
    },
    errors=EFFECT_ERRORS,
    tool=KIND,
    result_template="studio/_frames.html",
    scripts=["js/frames.js"],
    thumbnail="half-way.jpg",
)
