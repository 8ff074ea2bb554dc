"""Time DeepFace.represent(detector_backend="retinaface", model_name="Facenet") photo by photo.

Prints JSON with a list for each figure: the seconds of each photo, those until its faces were detected, the
processor time, and the number of faces. The first photo runs once beforehand, so that loading the models is
not counted. DEEPFACE_HOME must hold the weights.
"""

from __future__ import annotations

import harness  # noqa: F401 - first: it enters the project's environment

# isort: split
import argparse
import json
import os
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Time every photo given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    photos = parser.parse_args().photos
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"
    from deepface import DeepFace
    from deepface.modules import detection

    detected_at = 0.0
    detect = detection.detect_faces

    def detect_and_record_time(*args: Any, **kwargs: Any) -> Any:
        nonlocal detected_at
        found = detect(*args, **kwargs)
        detected_at = time.perf_counter()
        return found

    detection.detect_faces = detect_and_record_time
    rows = []
    for photo in [photos[0], *photos]:
        start, cpu_start = time.perf_counter(), time.process_time()
        found = DeepFace.represent(
            str(photo), detector_backend="retinaface", model_name="Facenet", enforce_detection=False
        )
        rows.append(
            {
                "seconds": time.perf_counter() - start,
                "detection_seconds": detected_at - start,
                "cpu_seconds": time.process_time() - cpu_start,
                "faces": sum(face["face_confidence"] > 0 for face in found),
            }
        )
    print(json.dumps({name: [row[name] for row in rows[1:]] for name in rows[0]}))


if __name__ == "__main__":
    main()
