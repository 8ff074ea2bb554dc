"""Boxes, and what the two seams ask of a model."""

import dataclasses

import numpy as np
import pytest

from faces.vision.models.facenet import FaceNet128
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from faces.vision.models.sface import SFace
from faces.vision.types import Box, Detector, Embedder, Network
from tests.faces.coloured import ColourDetector, ColourEmbedder


def boxes(count: int, *, seed: int = 0) -> list[Box]:
    rng = np.random.default_rng(seed)
    return [Box(*rng.uniform(-5, 20, 2), *rng.uniform(0.5, 20, 2)) for _ in range(count)]


def painted_overlap(one: Box, other: Box) -> float:
    """Intersection over union, counted on a grid of whole pixels."""
    canvas = np.zeros((2, 64, 64), dtype=bool)
    for layer, box in zip(canvas, (one, other), strict=True):
        layer[round(box.y) : round(box.y + box.h), round(box.x) : round(box.x + box.w)] = True
    return float((canvas[0] & canvas[1]).sum() / (canvas[0] | canvas[1]).sum())


def test_a_box_knows_its_area_and_its_centre() -> None:
    box = Box(10, 20, 30, 40)
    assert box.area == 1200
    assert box.centre == (25, 40)


def test_a_box_keeps_its_place_when_the_frame_is_scaled() -> None:
    assert Box(0.1, 0.2, 0.3, 0.4).scaled(1000, 500) == Box(100, 100, 300, 200)
    for box in boxes(20):
        there_and_back = box.scaled(640, 480).scaled(1 / 640, 1 / 480)
        assert dataclasses.astuple(there_and_back) == pytest.approx(dataclasses.astuple(box))


def test_the_overlap_of_whole_pixels_is_what_counting_them_gives() -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        one, other = (Box(*(float(v) for v in rng.integers((0, 0, 1, 1), (30, 30, 30, 30)))) for _ in "12")
        assert one.iou(other) == pytest.approx(painted_overlap(one, other))


def test_overlap_is_symmetric_within_bounds_and_the_same_at_every_scale() -> None:
    made = boxes(30, seed=2)
    for one in made:
        assert one.iou(one) == pytest.approx(1)
        for other in made:
            assert 0 <= one.iou(other) <= 1 + 1e-12
            assert one.iou(other) == pytest.approx(other.iou(one))
            assert one.scaled(3, 7).iou(other.scaled(3, 7)) == pytest.approx(one.iou(other))


def test_boxes_that_only_touch_do_not_overlap() -> None:
    assert Box(0, 0, 10, 10).iou(Box(10, 0, 10, 10)) == 0
    assert Box(0, 0, 10, 10).iou(Box(3, 10, 2, 2)) == 0


def test_a_box_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Box(0, 0, 1, 1).x = 5  # type: ignore[misc]  # which is the point


def test_models_and_stand_ins_fit_the_seams() -> None:
    # The type checker says it; here the names are looked at, which rows and searches rely on.
    detectors: list[type[Detector]] = [RetinaFaceMobileNet, ColourDetector]
    networks: list[type[Network]] = [FaceNet128, SFace]
    embedders: list[type[Embedder]] = [ColourEmbedder]
    assert detectors[0].name == "retinaface_mobilenet"
    assert [network.name for network in networks] == ["facenet128", "sface128"]
    assert [network.dimensions for network in networks] == [128] * 2
    assert [(embedder.name, embedder.dimensions) for embedder in embedders] == [("facenet_sface256", 256)]
