"""Vectors of several networks as one."""

import numpy as np
import pytest

from faces.vision.embedding import FaceEmbedder, joined, vectors_of
from faces.vision.profiles import FACENET128, FACENET_SFACE256, PROFILES, EmbedderProfile, NetworkProfile
from faces.vision.types import Box, Detection, Embedded, Pixels
from tests.faces.coloured import POINTS

WEIGHTS = np.array([part.weight for part in FACENET_SFACE256.parts])


class Shades:
    """A network whose vector tells the mean grey level of a crop of its size."""

    dimensions = 128

    def __init__(self, network: NetworkProfile, side: int) -> None:
        self.name, self.side = network.name, side

    def crop(self, picture: Pixels, detection: Detection, /) -> Pixels:
        return np.full((self.side, self.side, 3), round(detection.box.x), np.uint8)

    def embed(self, crops: np.ndarray, /) -> Embedded:
        assert crops.shape[1:] == (self.side, self.side, 3)
        vectors = np.zeros((len(crops), self.dimensions), np.float32)
        vectors[np.arange(len(crops)), crops[:, 0, 0, 0] % self.dimensions] = 1
        return Embedded(vectors, np.full(len(crops), 1 / self.side, np.float32))


def networks(profile: EmbedderProfile) -> list[Shades]:
    return [Shades(part.network, 8 * number) for number, part in enumerate(profile.parts, 1)]


def found(count: int, *, seed: int) -> Embedded:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 128)).astype(np.float32)
    return Embedded(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rng.random(count).astype(np.float32)
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_the_squares_of_the_weights_add_up_to_one(profile: EmbedderProfile) -> None:
    assert sum(part.weight**2 for part in profile.parts) == pytest.approx(1)


def test_the_distance_of_joined_vectors_is_the_weighted_mean_of_the_networks_distances() -> None:
    both = found(20, seed=1), found(20, seed=2)
    whole = joined(FACENET_SFACE256, both)
    assert whole.vectors.shape == (20, FACENET_SFACE256.dimensions)
    assert np.linalg.norm(whole.vectors, axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    distances = [1 - one.vectors @ one.vectors.T for one in (*both, whole)]
    assert (
        np.abs(distances[2] - (WEIGHTS[0] ** 2 * distances[0] + WEIGHTS[1] ** 2 * distances[1])).max() < 1e-5
    )
    assert whole.clarity == pytest.approx(np.sqrt(both[0].clarity * both[1].clarity), abs=1e-6)


def test_the_vectors_of_each_network_are_read_out_of_joined_ones() -> None:
    both = found(5, seed=3), found(5, seed=4)
    whole = joined(FACENET_SFACE256, both)
    for part, own in zip(FACENET_SFACE256.parts, both, strict=True):
        assert (
            np.abs(vectors_of(FACENET_SFACE256, part.network.name, whole.vectors) - own.vectors).max() < 1e-6
        )
    with pytest.raises(KeyError):
        vectors_of(FACENET_SFACE256, "arcface", whole.vectors)


def test_the_vectors_of_one_network_stay_as_they_are() -> None:
    own = found(5, seed=5)
    assert joined(FACENET128, [own]) is own
    assert (vectors_of(FACENET128, "facenet128", own.vectors) == own.vectors).all()


def test_each_network_sees_the_faces_in_its_own_way() -> None:
    embedder = FaceEmbedder(FACENET_SFACE256, networks(FACENET_SFACE256))
    picture = np.zeros((100, 100, 3), np.uint8)
    landmarks = np.asarray(POINTS * 10, dtype=np.float32)
    faces = [embedder.crop(picture, Detection(Box(x, 0, 10, 10), landmarks, 0.9)) for x in (3.0, 7.0)]
    assert [crop.shape[0] for crop in faces[0]] == [8, 16]
    vectors, clarity = embedder.embed(faces)
    assert vectors[0, [3, 128 + 3]] == pytest.approx(WEIGHTS)
    assert vectors[1, [7, 128 + 7]] == pytest.approx(WEIGHTS)
    assert clarity == pytest.approx(np.full(2, (1 / 8 * 1 / 16) ** 0.5))
    assert embedder.embed([]).vectors.shape == (0, 256)


def test_networks_in_another_order_are_refused() -> None:
    with pytest.raises(ValueError, match="facenet_sface256"):
        FaceEmbedder(FACENET_SFACE256, networks(FACENET_SFACE256)[::-1])
