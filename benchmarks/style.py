"""Painter styles: time and memory of a photo of 12 megapixels, tiles beside the whole, edges and colours.

The photo is painted in a process of its own, whose peak memory counts everything that it loads. Tiles are
compared with the whole picture at one megapixel, for every built-in style and for styles that are read from
a picture; "own statistics" are tiles that are normalised each by itself, as they would be without the
statistics of the whole. Edges: correlation of the gradients of photo and painting, beside that with the
mirrored painting; plaid alone covers the photo. Colours: distance of the six means and deviations of Lab to
those of the style picture, before and after.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MODELS = ("style_builtin", "style_reader", "style_painter")
PHOTO = "deepface_pairs/img49.jpg"
MEGAPIXELS = 12.0
MOST_SECONDS, MOST_GIGABYTES, MOST_DIFFERENCE = 20.0, 1.5, 2
LEAST_EDGES = 0.5
COVERS = "plaid"
"""The style that covers the photo with squares."""
SMALL = 1_000_000
PREVIEW = 500_000
STYLE = 19
"""The Starry Night: its strokes differ most between tiles."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photo", type=Path, help=f"default: {PHOTO} of the test pictures")
    parser.add_argument("--styles", type=int, nargs="+", default=range(26), help="numbers (default: all)")
    parser.add_argument("--threads", type=int, default=1, help="of the networks (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the tables")
    return parser.parse_args()


def sized(photo: NDArray[np.uint8], pixels: float) -> NDArray[np.uint8]:
    """Return the photo with about so many pixels, its sides multiples of 4."""
    share = (pixels / (photo.shape[0] * photo.shape[1])) ** 0.5
    width, height = (round(side * share / 4) * 4 for side in (photo.shape[1], photo.shape[0]))
    return np.asarray(cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA))


def paint_large(path: str, models_dir: str, threads: int) -> dict[str, float]:
    """Paint a photo of 12 megapixels, and return seconds and gigabytes."""
    from albums import imaging
    from albums.imaging.effects.style import builtin_style, paint, paint_preview
    from albums.imaging.effects.style_options import StyleOptions

    photo = sized(imaging.decode(Path(path)), MEGAPIXELS * 1e6)
    style = builtin_style(Path(models_dir) / "style_builtin.onnx", STYLE)
    start, cpu = time.perf_counter(), time.process_time()
    early: list[float] = []
    painted = paint(
        photo,
        style,
        StyleOptions(),
        preview=lambda _small: early.append(time.process_time() - cpu),
        threads=threads,
    )
    found = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}
    found |= {"job_preview_cpu_seconds": early[0], "megapixels": painted.shape[0] * painted.shape[1] / 1e6}
    imaging.encode_jpeg(painted, quality=92)
    found["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    cpu = time.process_time()
    paint_preview(photo, style, StyleOptions(), pixels=PREVIEW, threads=threads)
    return found | {"preview_cpu_seconds": time.process_time() - cpu}


def tiles_row(style: Any, photo: NDArray[np.uint8], threads: int) -> dict[str, float]:
    """Compare tiles with the whole, and the painting with the photo."""
    from albums.imaging.effects.style_graphs import folded_graph, measuring_graph, statistics_of
    from albums.imaging.effects.style_tiles import network_input, rounded, run_in_tiles, run_on
    from albums.imaging.sessions import open_session

    measuring = open_session(measuring_graph(style), threads=threads, name="style")
    measured, *outputs = measuring.run(network_input(photo))
    whole = rounded(measured[0].transpose(1, 2, 0) * np.float32(255))
    network = open_session(folded_graph(style, statistics_of(outputs)), threads=threads, name="style")
    tiles = run_in_tiles(network, photo, tile=384)
    own = whole.copy()
    for top in range(0, photo.shape[0], 384):
        for left in range(0, photo.shape[1], 384):
            part = photo[top : top + 384, left : left + 384]
            own[top : top + 384, left : left + 384] = rounded(run_on(measuring, part))
    difference = np.abs(tiles.astype(int) - whole)
    return {
        "most": float(difference.max()),
        "mean": float(difference.mean()),
        "own_statistics": float(np.abs(own.astype(int) - whole).mean()),
        "edges": correlation(photo, whole),
        "mirrored": correlation(photo, whole[:, ::-1]),
    }


def correlation(photo: NDArray[np.uint8], painted: NDArray[np.uint8]) -> float:
    """Return the correlation of the lengths of the gradients, slightly blurred."""
    lengths = []
    for picture in (photo, painted):
        light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 3)
        lengths.append(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)))
    return float(np.corrcoef(lengths[0].ravel(), lengths[1].ravel())[0, 1])


def lab(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the means and deviations of Lab."""
    values = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(float)
    return np.concatenate([values.mean(axis=0), values.std(axis=0)])


def colours_row(
    photo: NDArray[np.uint8], picture: NDArray[np.uint8], models_dir: Path, threads: int
) -> dict[str, float]:
    """Paint a photo in the style of a picture, and compare their colours."""
    from albums.imaging.effects.style import paint, picture_style
    from albums.imaging.effects.style_options import StyleOptions
    from albums.imaging.sessions import open_session

    style = picture_style(
        open_session(models_dir / "style_reader.onnx"), models_dir / "style_painter.onnx", picture
    )
    painted = paint(photo, style, StyleOptions(), threads=threads)
    aim = lab(picture)
    distances = {name: float(np.linalg.norm(lab(one) - aim)) for name, one in
                 (("before", photo), ("after", painted))}  # fmt: skip
    return tiles_row(style, photo, threads) | distances


def main() -> int:
    """Measure, print, and return the exit code."""
    options = arguments()
    models_dir = harness.use_models(MODELS, options.models_dir)
    path = options.photo or harness.pictures() / PHOTO
    large = harness.in_own_process(paint_large, str(path), str(models_dir), options.threads)
    from albums import imaging
    from albums.imaging.effects.neutral_picture import neutral_picture
    from albums.imaging.effects.style import builtin_style, paint
    from albums.imaging.effects.style_options import StyleOptions
    from albums.services.styling.styles import BUILTIN_STYLES

    photo = sized(imaging.decode(path), SMALL)
    rows: dict[str, dict[str, float]] = {}
    model = models_dir / "style_builtin.onnx"
    for number in options.styles:
        style = builtin_style(model, number)
        rows[BUILTIN_STYLES[number].slug] = tiles_row(style, photo, options.threads)
    for number in (7, 20, 24):
        # A style picture: the drawn landscape in a built-in style, whose colours differ from the photo's.
        picture = paint(neutral_picture(), builtin_style(model, number), StyleOptions(brush=5))
        rows[f"picture: {BUILTIN_STYLES[number].slug}"] = colours_row(
            photo, picture, models_dir, options.threads
        )
    edges = [row["edges"] for row in rows.values()]
    met = {
        "seconds": large["cpu_seconds"] < MOST_SECONDS,
        "memory": large["peak_gb"] < MOST_GIGABYTES,
        "tiles": max(row["most"] for row in rows.values()) <= MOST_DIFFERENCE,
        "edges": statistics.median(edges) >= LEAST_EDGES
        and all(row["edges"] > row["mirrored"] + 0.2 for slug, row in rows.items() if slug != COVERS),
        "colours": all(row["after"] < row["before"] for row in rows.values() if "after" in row),
    }
    if options.json:
        print(json.dumps({"large": large, "rows": rows, "met": met}))
        return 0 if all(met.values()) else 1
    print("\n".join(f"{name:<26}{value:.2f}" for name, value in large.items()) + "\n")
    header = ("style", "most", "mean", "own statistics", "edges", "mirrored", "colours, before", "after")
    names = ("most", "mean", "own_statistics", "edges", "mirrored", "before", "after")
    harness.rows_print(
        header,
        [
            (slug, *(f"{row[name]:.2f}" if name in row else "" for name in names))
            for slug, row in rows.items()
        ],
    )
    print(f"\nmedian edges {statistics.median(edges):.2f}")
    print("\n".join(f"{name}: {'met' if fits else 'MISSED'}" for name, fits in met.items()))
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
