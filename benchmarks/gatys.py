"""The thorough painter style: the losses of its iterations, its seconds and its memory.

    benchmarks/gatys.py [--side 384] [--iterations 60] [--photo FILE] [--style FILE] [--out FOLDER]

It needs torch (requirements-gatys.txt). Without --style the style is drawn: waves of blue and yellow. The
total loss must fall to a half, and that of the style to a quarter.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness import pictures, rows_print, use_models

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albums.imaging.effects.gatys import GatysStep

MOST_TOTAL, MOST_STYLE = 0.5, 0.25
SHOWN = (1, 10, 20, 40, 60, 100, 200, 400)


def waves(side: int) -> NDArray[np.uint8]:
    """Return a drawn style, uint8 (side, side, 3)."""
    import numpy as np

    y, x = np.mgrid[:side, :side] / side
    bend = y + 0.08 * np.sin(9 * x) + 0.05 * np.sin(21 * x + 4 * y)
    share = (0.5 + 0.5 * np.sin(90 * bend))[..., None]
    light = (0.5 + 0.5 * np.sin(7 * x + 5 * bend))[..., None]
    colours = light * np.array([245, 205, 90]) + (1 - light) * np.array([30, 70, 160])
    return np.clip(colours * (0.6 + 0.5 * share), 0, 255).astype(np.uint8)


def main() -> int:
    """Paint one photo, print the losses, and return 1 when they do not fall far enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--side", type=int, default=384)
    parser.add_argument("--iterations", type=int, default=60)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--style", type=Path)
    parser.add_argument("--models", type=Path, help="the folder of models; default: that of the settings")
    parser.add_argument("--out", type=Path, help="a folder for the painting")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    models = use_models(["vgg16_features"], options.models)

    from albums import imaging
    from albums.imaging.effects.gatys import paint, torch_installed
    from albums.imaging.effects.gatys_options import GatysOptions
    from albums.imaging.effects.vgg16 import features_read

    if not torch_installed():
        sys.exit("torch is not installed: .venv/bin/pip install -r requirements-gatys.txt")
    photo = imaging.decode(options.photo or pictures() / "photoprism_faces" / "13.jpg", max_side=options.side)
    style = imaging.decode(options.style, max_side=options.side) if options.style else waves(options.side)
    steps: list[tuple[float, float, float, float, float]] = []
    began, cpu = time.perf_counter(), time.process_time()

    def on_step(step: GatysStep) -> bool:
        losses = step.losses
        row = (losses.total, losses.content, losses.style, losses.smoothness, time.perf_counter() - began)
        steps.append(row)
        return True

    wanted = GatysOptions(iterations=options.iterations, long_side=options.side)
    painted = paint(photo, style, features_read(models / "vgg16_features.npz"), wanted, on_step=on_step)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "painting.jpg").write_bytes(imaging.encode_jpeg(painted, quality=92).data)
    reached = steps[-1][0] <= MOST_TOTAL * steps[0][0] and steps[-1][2] <= MOST_STYLE * steps[0][2]
    if options.json:
        result = {"steps": steps, "seconds": seconds, "cpu": cpu, "megabytes": memory, "reached": reached}
        print(json.dumps(result))
        return 0 if reached else 1
    header = ("iteration", "total", "content", "style", "smoothness", "seconds")
    rows = []
    for number in (number for number in SHOWN if number <= len(steps)):
        *losses, at = steps[number - 1]
        rows.append((str(number), *(f"{value:.3f}" for value in losses), f"{at:.0f}"))
    rows_print(header, rows)
    each = f"{seconds / len(steps):.2f} s and {cpu / len(steps):.2f} s of CPU an iteration"
    print(f"{painted.shape[1]} x {painted.shape[0]} pixels: {seconds:.0f} s, {each}; {memory:.0f} MB at most")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
