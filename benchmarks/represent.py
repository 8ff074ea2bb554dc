"""Time DeepFace.represent(detector_backend="retinaface", model_name="Facenet") photo by photo.

Prints JSON: the seconds of each photo, those of processor time, and the faces found in it. The first photo is
done once before, so that loading the models is not counted. DEEPFACE_HOME must hold the weights.
"""

from __future__ import annotations

import surroundings  # noqa: F401 - first: it brings us into the project's environment

# isort: split
import argparse
import json
import os
import time
from pathlib import Path


def main() -> None:
    """Time every photo that is named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    photos = parser.parse_args().photos
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"
    from deepface import DeepFace

    def represent(photo: Path) -> int:
        found = DeepFace.represent(
            str(photo), detector_backend="retinaface", model_name="Facenet", enforce_detection=False
        )
        return sum(face["face_confidence"] > 0 for face in found)

    represent(photos[0])
    seconds, cpu_seconds, faces = [], [], []
    for photo in photos:
        start, cpu_start = time.perf_counter(), time.process_time()
        faces.append(represent(photo))
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "faces": faces}))


if __name__ == "__main__":
    main()
