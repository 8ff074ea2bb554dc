"""FaceNet's embedder: what the network is given, and what is made of its answers."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.models.facenet import BATCH, FaceNet128, normalise, standardise
from faces.vision.profiles import FACENET
from faces.vision.types import Box, Detection
from tests.faces.coloured import POINTS


class Projection:
    """A network that is a fixed projection of coarse pixels."""

    def __init__(self, *, flat: bool = False) -> None:
        self.weights = np.random.default_rng(0).normal(size=(8 * 8 * 3, 128)).astype(np.float32)
        self.flat = flat
        self.batches: list[int] = []

    def __call__(self, batch: NDArray[np.float32]) -> Any:
        self.batches.append(len(batch))
        assert batch.shape[1:] == (160, 160, 3)
        assert batch.dtype == np.float32
        assert batch.flags.c_contiguous
        coarse = batch.reshape(len(batch), 8, 20, 8, 20, 3).mean(axis=(2, 4))
        answer = coarse.reshape(len(batch), -1) @ self.weights
        # deepface gives lists, and for one face a flat one.
        return (answer[0] if len(batch) == 1 else answer).tolist() if self.flat else answer


def crops(count: int, *, seed: int = 0) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 8, 8, 3)).astype(np.uint8)
    return np.repeat(np.repeat(coarse, 20, axis=1), 20, axis=2)


def test_each_crop_is_standardised_by_itself() -> None:
    made = crops(3)
    made[1] //= 4
    values = standardise(made)
    assert values.dtype == np.float32
    assert values.mean(axis=(1, 2, 3)) == pytest.approx([0, 0, 0], abs=1e-4)
    assert values.std(axis=(1, 2, 3)) == pytest.approx([1, 1, 1], abs=1e-4)
    assert np.array_equal(standardise(made[1:2])[0], values[1])


def test_brightness_and_contrast_make_no_difference() -> None:
    dark = crops(1) // 2
    assert np.abs(standardise(dark) - standardise(dark + 100)).max() < 1e-4


def test_a_crop_of_one_grey_is_nothing_and_no_error() -> None:
    assert (standardise(np.full((2, 160, 160, 3), 77, dtype=np.uint8)) == 0).all()


def test_rows_get_length_one_and_zeros_stay_zeros() -> None:
    rows = np.array([[3, 4], [0, 0], [-1e-3, 0]], dtype=np.float32)
    assert normalise(rows) == pytest.approx(np.array([[0.6, 0.8], [0, 0], [-1, 0]]), abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 2])
def test_every_crop_has_a_vector_of_length_one_in_batches_of_bounded_size(count: int) -> None:
    network = Projection()
    vectors = FaceNet128(network).embed(crops(count)).vectors
    assert vectors.shape == (count, 128)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(count), abs=1e-5)
    assert max(network.batches) <= BATCH
    assert sum(network.batches) == 2 * count, "each with its mirror image"


def test_the_neighbours_in_a_batch_make_no_difference() -> None:
    made = crops(BATCH + 3)
    embedder = FaceNet128(Projection())
    alone = np.concatenate([embedder.embed(crop[None]).vectors for crop in made])
    assert np.abs(embedder.embed(made).vectors - alone).max() < 1e-5


def test_lists_as_deepface_gives_them_are_taken_too() -> None:
    made = crops(3)
    expected = FaceNet128(Projection()).embed(made).vectors
    assert np.abs(FaceNet128(Projection(flat=True)).embed(made).vectors - expected).max() < 1e-5
    assert np.abs(FaceNet128(Projection(flat=True)).embed(made[:1]).vectors - expected[:1]).max() < 1e-5


def test_a_face_and_its_mirror_image_have_the_same_vector() -> None:
    made = crops(4)
    embedder = FaceNet128(Projection())
    assert np.abs(embedder.embed(made).vectors - embedder.embed(made[:, :, ::-1]).vectors).max() < 1e-5


def test_only_the_mirror_images_of_unclear_faces_are_embedded_where_that_is_enough() -> None:
    made, network = crops(BATCH + 3), Projection()
    whole = FaceNet128(Projection()).embed(made)
    lengths = np.array([np.linalg.norm(Projection()(standardise(crop[None]))) for crop in made])
    limit = float(np.median(lengths)) / FACENET.full_length
    some = FaceNet128(network, mirror_below=limit).embed(made)
    unclear = lengths < limit * FACENET.full_length
    assert 0 < unclear.sum() < len(made)
    assert sum(network.batches) == len(made) + unclear.sum()
    assert np.abs(some.vectors[unclear] - whole.vectors[unclear]).max() < 1e-5
    assert np.abs(some.clarity[unclear] - whole.clarity[unclear]).max() < 1e-5
    once = FaceNet128(Projection(), mirror_below=0.0).embed(made)
    assert np.abs(some.vectors[~unclear] - once.vectors[~unclear]).max() < 1e-5
    assert np.abs(once.vectors[~unclear] - whole.vectors[~unclear]).max() > 1e-3
    assert np.linalg.norm(some.vectors, axis=1) == pytest.approx(np.ones(len(made)), abs=1e-5)


def test_no_crops_are_no_vectors_and_the_network_is_left_alone() -> None:
    network = Projection()
    assert FaceNet128(network).embed(np.zeros((0, 160, 160, 3), dtype=np.uint8)).vectors.shape == (0, 128)
    assert network.batches == []


def test_a_face_is_cut_out_as_the_network_wants_it() -> None:
    photo = np.zeros((200, 300, 3), dtype=np.uint8)
    face = Detection(Box(50, 40, 60, 80), np.asarray(POINTS * 60 + 45, dtype=np.float32), 0.9)
    assert FaceNet128(Projection()).crop(photo, face).shape == (160, 160, 3)


def test_what_the_network_hardly_answers_to_is_not_clear() -> None:
    made = crops(BATCH + 2)
    raw = Projection()
    longest = max(np.linalg.norm(np.asarray(raw(standardise(made))), axis=1))

    def network(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(np.asarray(raw(batch)) * (FACENET.full_length / longest / 2), dtype=np.float32)

    found = FaceNet128(network).embed(made)
    assert found.clarity.shape == (BATCH + 2,)
    assert found.clarity.dtype == np.float32
    assert 0 < found.clarity.min() < found.clarity.max() <= 0.6
    assert FaceNet128(lambda batch: np.asarray(raw(batch)) * 1e6).embed(made).clarity.max() == 1
