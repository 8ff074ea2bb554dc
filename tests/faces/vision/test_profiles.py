"""Embedder profiles: one for each embedder, complete."""

import pytest

from config.settings import base
from faces.vision.errors import UnknownModel
from faces.vision.profiles import PROFILES, profile_of
from faces.vision.weights.table import EMBEDDERS_OF_SEVERAL, MODELS, Purpose


def test_every_embedder_of_the_weights_table_has_a_profile() -> None:
    embedders = {model.name for model in MODELS if model.purpose is Purpose.EMBEDDER}
    assert set(PROFILES) == embedders | set(EMBEDDERS_OF_SEVERAL)
    assert base.EMBEDDER in PROFILES


def test_an_embedder_of_several_networks_needs_their_files() -> None:
    for name, files in EMBEDDERS_OF_SEVERAL.items():
        assert tuple(part.network.name for part in PROFILES[name].parts) == files


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_a_profile_tells_what_its_calibration_rests_on(profile) -> None:
    assert profile.calibration.measured_on
    assert profile.calibration.pairs >= 1_000
    assert profile.calibration.error <= 0.02
    assert 0 < profile.placement.margin < profile.placement.nearest < profile.calibration.threshold


def test_an_unknown_embedder_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match="facenet128"):
        profile_of("arcface")
