"""The job that explains how faces are found in one photo."""

import io
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from albums import imaging
from albums.exceptions import JobCode, JobFailed
from albums.imaging.sessions import open_session
from albums.models import Image
from albums.services.core.limits import image_limits
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from faces.conf import FaceSettings
from faces.runtime import get_pipeline
from faces.services.core.owner_pipeline import owner_models
from faces.services.core.pixels import PhotoUnreadable, photo_pixels
from faces.services.explaining.comparison import DETECTORS, DetectorRun, DetectorState, detectors_run
from faces.vision.errors import VisionError
from faces.vision.explain.anchors import strides_shown
from faces.vision.explain.cascade_file import cascade_read
from faces.vision.explain.cascade_pictures import cascade_shown
from faces.vision.explain.drawing import faces_drawn, side_by_side
from faces.vision.explain.network_input import network_input
from faces.vision.geometry import shrink_to
from faces.vision.types import Detection, Pixels
from faces.vision.weights.files import installed_path

SIDE = 1280
"""Pixels of the long side of the picture that all detectors get, and of the drawn boxes."""

PICTURE, PHOTO = "picture", "image"
"""The inputs: an uploaded file, or the id of a photo."""

QUALITY = 88


def detectors_check(owner: User, inputs: Values, options: Values) -> None:
    """Raise JobFailed unless the photo, if the input is one, is visible to the owner."""
    del options
    if PHOTO in inputs and not Image.objects.visible_to(owner).filter(pk=inputs[PHOTO]).exists():
        raise JobFailed(JobCode.PHOTO_GONE)


def detectors_explain(context: JobContext) -> dict[str, Any]:
    """Run every detector on the photo, and write the pictures of their intermediate results."""
    picture, _factor = shrink_to(_picture(context), SIDE)
    models = owner_models(context.owner.pk)
    height, width = picture.shape[:2]
    runs: list[DetectorRun] = []
    context.progress(0.0, "detecting")
    for run in detectors_run(picture, models):
        runs.append(run)
        context.progress(0.5 * len(runs) / len(DETECTORS), "detecting")
    result: dict[str, Any] = {
        "width": width,
        "height": height,
        "detectors": [_detector_result(context, run, picture) for run in runs],
    }
    context.progress(0.5, "cascade")
    result["cascade"] = _cascade_result(context, picture, models)
    context.progress(0.8, "anchors")
    result["strides"] = _strides_result(context, picture, models)
    context.progress(0.9, "network")
    result["network"] = _network_result(context, picture, models, runs)
    return result


def _picture(context: JobContext) -> Pixels:
    if PHOTO not in context.inputs:
        return imaging.decode(io.BytesIO(context.input(PICTURE)), max_side=SIDE, limits=image_limits())
    try:
        return photo_pixels(context.image(PHOTO))
    except PhotoUnreadable as error:
        raise JobFailed(JobCode.PHOTO_GONE, detail=error.detail) from error


def _write(context: JobContext, name: str, picture: Pixels) -> str:
    """Store a picture as a result, and return the name of its file."""
    file = f"{name}.jpg"
    context.result(file, imaging.encode_jpeg(picture, quality=QUALITY).data, "image/jpeg")
    return file


def _detector_result(context: JobContext, run: DetectorRun, picture: Pixels) -> dict[str, Any]:
    height, width = picture.shape[:2]
    result: dict[str, Any] = {"name": run.name, "label": DETECTORS[run.name], "state": str(run.state)}
    if run.state != DetectorState.DONE:
        return {**result, "command": f"bin/manage fetch_models {run.name}"}
    faces = [
        {"score": round(face.score, 4), **asdict(face.box.scaled(1 / width, 1 / height))}
        for face in run.faces
    ]
    drawn = _write(context, f"detector-{run.name}", faces_drawn(picture, run.faces))
    return {**result, "milliseconds": round(run.milliseconds, 1), "faces": faces, "picture": drawn}


def _cascade_result(context: JobContext, picture: Pixels, models: FaceSettings) -> dict[str, Any] | None:
    try:
        cascade = cascade_read(installed_path("viola_jones", models.models_dir))
    except VisionError:
        return None
    shown = cascade_shown(cascade, picture)
    features = [
        {
            "picture": _write(context, f"feature-{number}", feature.picture),
            "value": round(feature.value, 5),
            "threshold": round(feature.threshold, 5),
            "vote": round(feature.vote, 3),
        }
        for number, feature in enumerate(shown.features, 1)
    ]
    example = shown.example and {
        "corners": list(shown.example.corners),
        "total": shown.example.total,
        "mean": round(shown.example.mean, 1),
        "width": round(shown.example.box.w),
        "height": round(shown.example.box.h),
    }
    return {
        "counts": list(shown.counts),
        "grey": _write(context, "grey", shown.grey),
        "integral": _write(context, "integral", shown.integral),
        "example": example,
        "features": features,
        "stages": [
            {
                "stage": stage,
                "left": shown.counts[stage],
                "picture": _write(context, f"stage-{stage}", drawn),
            }
            for stage, drawn in shown.stages.items()
        ],
    }


def _strides_result(
    context: JobContext, picture: Pixels, models: FaceSettings
) -> list[dict[str, Any]] | None:
    try:
        session = open_session(installed_path("retinaface_mobilenet", models.models_dir))
        strides = strides_shown(session, picture)
    except VisionError:
        return None
    return [
        {
            "stride": one.stride,
            "sizes": list(one.sizes),
            "anchors": one.anchors,
            "faces": one.faces,
            "best": round(one.best, 4),
            "picture": _write(context, f"stride-{one.stride}", one.picture),
        }
        for one in strides
    ]


def _network_result(
    context: JobContext, picture: Pixels, models: FaceSettings, runs: list[DetectorRun]
) -> dict[str, Any] | None:
    face = _face_to_embed(runs, models.detector)
    if face is None:
        return None
    try:
        embedder = get_pipeline(models).embedder
        shown = network_input(embedder, picture, face)
    except VisionError:
        return None
    steps = [step for step in (shown.crop, shown.seen, shown.mirrored) if step is not None]
    steps += shown.others
    return {
        "embedder": embedder.name,
        "steps": _write(context, "network-input", side_by_side(steps)),
        "standardised": shown.seen is not None,
        "mirrored": shown.mirrored is not None,
        "side": shown.crop.shape[0],
        "other_side": shown.others[0].shape[0] if shown.others else None,
        "mean": round(shown.mean, 1),
        "deviation": round(shown.deviation, 1),
        "numbers": _write(context, "vector", shown.numbers),
        "dimensions": len(shown.vector),
    }


def _face_to_embed(runs: list[DetectorRun], detector: str) -> Detection | None:
    """Return the largest face of the account's detector, or of the first that found one."""
    found = [run for run in runs if run.faces]
    found.sort(key=lambda run: run.name != detector)
    return max(found[0].faces, key=lambda face: face.box.area) if found else None


DETECTORS_KIND = JobKind(
    name="detectors",
    label=_("How faces are found"),
    run=detectors_explain,
    check=detectors_check,
    stages={
        "detecting": _("Running the detectors…"),
        "cascade": _("Following the windows of Viola-Jones…"),
        "anchors": _("Drawing the anchors of RetinaFace…"),
        "network": _("Computing the numbers of a face…"),
    },
    tool="detectors",
    result_template="studio/_detectors_result.html",
)
