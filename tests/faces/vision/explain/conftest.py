"""A real portrait, and the real models that are explained."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from faces.vision.explain.cascade_file import Cascade, cascade_read

PORTRAIT = "images/Al_Sharpton/Al_Sharpton_0001.jpg"


@pytest.fixture(scope="session")
def cascade_path(install: Callable[..., Path]) -> Path:
    return install("viola_jones") / "viola_jones.xml"


@pytest.fixture(scope="session")
def cascade(cascade_path: Path) -> Cascade:
    return cascade_read(cascade_path)


@pytest.fixture(scope="session")
def portrait(lfw: Path) -> NDArray[np.uint8]:
    """A face in the middle of 250 x 250 pixels, RGB."""
    return np.asarray(Image.open(lfw / PORTRAIT).convert("RGB"))
