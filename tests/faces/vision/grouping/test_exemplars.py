"""Exemplars stand for all faces of a person, and tell the similarity of each."""

import numpy as np
import pytest

from faces.vision.grouping.exemplars import FACES_EACH, MOST, Array, CodedFaces, exemplars_of, query_of


def drawn(count: int, *, looks: int = 1) -> Array:
    """Vectors of a person with so many looks."""
    random = np.random.default_rng(count)
    centres = random.normal(size=(looks, 64))
    rows = centres[np.arange(count) % looks] + 0.5 * random.normal(size=(count, 64))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("count", [1, 2, FACES_EACH, 3 * FACES_EACH, 20 * FACES_EACH])
def test_each_face_belongs_to_one_of_a_few_exemplars(count: int) -> None:
    exemplars = list(exemplars_of(drawn(count, looks=5)))
    assert 1 <= len(exemplars) <= min(MOST, max(1, count // FACES_EACH))
    assert sorted(index for one in exemplars for index in one.members.tolist()) == list(range(count))


def test_codes_tell_the_nearest_face_of_each_exemplar_and_its_similarity() -> None:
    vectors, query = drawn(300, looks=3), drawn(1)[0]
    exemplars = list(exemplars_of(vectors))
    faces = CodedFaces(query, [one.codes.tobytes() for one in exemplars], [one.scale for one in exemplars])
    for number, (one, similarity) in enumerate(zip(exemplars, faces.nearest.tolist(), strict=True)):
        exact = vectors[one.members] @ query
        found = faces.places(number, 2)
        assert similarity == pytest.approx(exact.max(), abs=0.005)
        assert exact[found[0]] == pytest.approx(exact.max(), abs=0.005)
        assert len(found) == min(2, len(exact))


def test_looks_that_differ_much_have_exemplars_of_their_own() -> None:
    vectors = drawn(4 * FACES_EACH, looks=2)
    for exemplar in exemplars_of(vectors):
        assert len({index % 2 for index in exemplar.members.tolist()}) == 1


def test_of_more_faces_the_nearest_is_expected_nearer() -> None:
    (few,), (many,) = exemplars_of(drawn(5)), exemplars_of(drawn(60))
    query = query_of(np.zeros(64, dtype=np.float32))
    assert 0 < few.centre @ query < many.centre @ query
    (only,) = exemplars_of(drawn(1))
    assert only.centre @ query == 0
