"""Morphs: equal to the portraits at both ends, without folds, and like both faces in between."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albums.imaging.sessions import open_session
from faces.vision.effects.control_points import folded, join, triangulate
from faces.vision.effects.framing import Portrait, common_share, frame
from faces.vision.effects.mesh import FaceMesh
from faces.vision.effects.morph import MorphOptions, WarpBackend, frames_of, half_way
from faces.vision.effects.warping import dissolve, from_light, to_light
from faces.vision.models.facenet import FaceNet128
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from faces.vision.types import Pixels
from tests.faces.drawn_faces import detection, drawn_face

PAIRS = 4
"""Of people of LFW; benchmarks/morph.py measures many more."""


@pytest.fixture(scope="module")
def mesh(install: Callable[..., Path]) -> FaceMesh:
    return FaceMesh(open_session(install("face_landmarks") / "face_landmarks.onnx"))


@pytest.fixture(scope="module")
def drawn(mesh: FaceMesh) -> tuple[Portrait, Portrait]:
    """Two drawn faces at different places of their photos."""
    pictures = drawn_face(), drawn_face(mouth=14, shade=(0.6, 0.7, 1), shift=(20, -14))
    meshes = mesh.find(pictures[0], detection()), mesh.find(pictures[1], detection((20, -14)))
    share = common_share(*zip(pictures, meshes, strict=True))
    first, second = (
        frame(picture, found, side=256, share=share) for picture, found in zip(pictures, meshes, strict=True)
    )
    return first, second


def test_portraits_have_their_eyes_level_and_at_one_place(drawn: tuple[Portrait, Portrait]) -> None:
    eyes = [portrait.points[[33, 133, 362, 263]].reshape(2, 2, 2).mean(axis=1) for portrait in drawn]
    for pair in eyes:
        assert abs(pair[0, 1] - pair[1, 1]) < 0.5
    assert np.abs(eyes[0] - eyes[1]).max() < 12


def test_outside_the_photo_its_edge_continues_and_is_not_mirrored(mesh: FaceMesh) -> None:
    picture = drawn_face()
    found = mesh.find(picture, detection())
    left, right = int(found.flat[:, 0].min()) - 30, int(found.flat[:, 0].max()) + 30
    # A photo that ends beside the face, with a red line before its edge.
    picture = picture[:, left:right].copy()
    picture[:, 10:22] = (255, 0, 0)
    found.points[:, 0] -= left
    portrait = frame(picture, found, side=256, share=0.46)
    red = (portrait.pixels[..., 0].astype(int) - portrait.pixels[..., 1]) > 120
    columns = np.flatnonzero(red.mean(axis=0) > 0.5)
    assert len(columns)
    assert np.ptp(columns) < 14, "one line: a mirror would show a second one"
    beyond = portrait.pixels[100:150, : columns.min() - 8].astype(int)
    assert np.abs(np.diff(beyond, axis=1)).max() < 30, "what continues is smooth"


def test_the_first_and_the_last_frame_are_the_portraits(drawn: tuple[Portrait, Portrait]) -> None:
    frames = list(frames_of(WarpBackend().prepare(*drawn), MorphOptions(frames=5)))
    assert len(frames) == 5
    assert np.array_equal(frames[0], drawn[0].pixels)
    assert np.array_equal(frames[-1], drawn[1].pixels)


def test_frames_next_to_the_ends_differ_little_from_them(drawn: tuple[Portrait, Portrait]) -> None:
    morph = WarpBackend().prepare(*drawn)
    for end, share in ((drawn[0], 0.01), (drawn[1], 0.99)):
        difference = morph.at(share, share).astype(int) - end.pixels
        assert np.abs(difference).mean() < 4


def test_without_shape_the_first_face_only_takes_the_colours(drawn: tuple[Portrait, Portrait]) -> None:
    morph = WarpBackend().prepare(*drawn)
    assert np.array_equal(morph.at(0.0, 0.0), drawn[0].pixels)
    recoloured = morph.at(0.0, 1.0)
    last = half_way(morph, MorphOptions(shape=0.0, colour=1.0))
    blue, still = recoloured[120, 128].astype(int), drawn[0].pixels[120, 128].astype(int)
    assert blue[2] - blue[0] > 30 > still[2] - still[0]
    assert last.shape == drawn[0].pixels.shape


@pytest.mark.parametrize("options", [{"frames": 1}, {"frames": 61}, {"shape": 1.5}, {"colour": -0.1}])
def test_options_out_of_their_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"there can be|shares"):
        MorphOptions(**options)  # type: ignore[arg-type]  # of any type


def test_portraits_of_two_sizes_are_refused(drawn: tuple[Portrait, Portrait]) -> None:
    smaller = Portrait(drawn[1].pixels[:200, :200], drawn[1].points)
    with pytest.raises(ValueError, match="256 and 200"):
        WarpBackend().prepare(drawn[0], smaller)


def test_a_crumpled_face_has_no_folded_triangle(drawn: tuple[Portrait, Portrait]) -> None:
    random = np.random.default_rng(1)
    points = drawn[1].points + random.normal(scale=6, size=drawn[1].points.shape)
    crumpled = Portrait(drawn[1].pixels, points)
    joined = join(drawn[0], crumpled)
    assert not folded(joined.first, joined.second, joined.triangles).any()
    assert len(joined.first) > 60, "only some of the points are left out"


def test_a_fold_between_two_ends_that_are_not_folded_is_found() -> None:
    # A corner passes over the opposite side and comes back turned by half a circle.
    first = np.array([[0.0, 0], [10, 0], [0, 10], [40, 40]])
    second = np.array([[10.0, 10], [0, 10], [10, 0], [40, 40]])
    triangles = np.array([[0, 1, 2]])
    assert folded(first, second, triangles).all()
    assert not folded(first, first * 2, triangles).any()
    assert (triangulate(first, first + 1) >= 0).all()


def test_light_is_mixed_and_not_its_code() -> None:
    black, white = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
    assert (from_light(dissolve(to_light(black), to_light(white), 0.5)) == 188).all()
    every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    assert np.array_equal(from_light(to_light(every)), every)


def frontal(lfw: Path, mesh: FaceMesh, detector: RetinaFaceMobileNet) -> Iterator[Portrait]:
    """Portraits of people of LFW who look at the camera."""
    for folder in sorted((lfw / "images").iterdir())[::9]:
        picture = np.asarray(Image.open(min(folder.iterdir())).convert("RGB"))
        middle = np.array(picture.shape[1::-1]) / 2
        faces = detector.detect(picture)
        if not faces:
            continue
        found = mesh.find(picture, min(faces, key=lambda face: np.hypot(*(face.box.centre - middle))))
        if found.score > 0.9 and abs(found.yaw) < 8:
            yield frame(picture, found, side=256, share=0.5)


@pytest.mark.data
@pytest.mark.slow(6)
def test_half_way_is_nearer_to_both_people_than_they_are_to_each_other(
    lfw: Path, mesh: FaceMesh, models_dir: Path
) -> None:
    detector = RetinaFaceMobileNet(open_session(models_dir / "retinaface_mobilenet.onnx"), long_side=256)
    network = open_session(models_dir / "deepface/.deepface/weights/facenet_weights.onnx")
    facenet = FaceNet128(lambda batch: network.run(batch)[0])

    def embedded(picture: Pixels) -> np.ndarray:
        face = max(detector.detect(picture), key=lambda face: face.box.area)
        return np.asarray(facenet.embed(facenet.crop(picture, face)[None]).vectors[0])

    people = frontal(lfw, mesh, detector)
    for _pair in range(PAIRS):
        first, second = next(people), next(people)
        morph = WarpBackend().prepare(first, second)
        assert not folded(morph.joined.first, morph.joined.second, morph.joined.triangles).any()
        one, middle, other = map(embedded, (first.pixels, half_way(morph, MorphOptions()), second.pixels))
        assert middle @ one > one @ other
        assert middle @ other > one @ other
