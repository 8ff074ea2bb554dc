"""The whole way through the album as a person goes it: nothing in it is a stand-in.

The app runs as `bin/start` runs it, with its worker and its models; the photos are of real people. The
languages take turns, and so do a desk in light and a phone in dark and light. Each page on the way is looked
at in the language of its turn; `test_every_page` has all pages in all languages.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from faces.conf import FaceSettings
from faces.runtime import open_detector, open_embedder
from faces.vision.models.retinaface_mobilenet import LONG_SIDE
from faces.vision.pipeline import FacePipeline
from tests.browser.journey_app import App, app_start
from tests.browser.journey_photos import Photos, photos_choose
from tests.browser.journey_steps import Journey
from tests.browser.looking import DESK, PHONE, Eyes, watching
from tests.faces.conftest import install, lfw, models_dir, models_home

pytestmark = [pytest.mark.data, pytest.mark.slow(35)]

# The fixtures of the faces' tests, for these too.
__all__ = ["install", "lfw", "models_dir", "models_home"]


@pytest.fixture
def _server_at_rest() -> None:
    """No table of the tests is touched here: the app has its own."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trombine-j-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def starting(folder: Path, models_dir: Path) -> Iterator[App]:
    """The app. It comes up while the photos are selected."""
    app = app_start(folder)
    yield app
    app.stop()
    assert app.complaints() == []


@pytest.fixture(scope="module")
def photos(starting: App, folder: Path, lfw: Path, models_dir: Path) -> Photos:
    made = folder / "out-of-focus"
    made.mkdir()
    # Of its own: other tests of this process may have replaced the open models by stubs.
    wanted = FaceSettings("retinaface_mobilenet", "facenet_sface256", LONG_SIDE, models_dir)
    pipeline = FacePipeline(open_detector(wanted), open_embedder(wanted))
    return photos_choose(pictures=lfw / "images", pipeline=pipeline, folder=made)


@pytest.fixture(scope="module")
def address(starting: App, photos: Photos) -> str:
    return starting.address()


ENGLISH = Eyes(width=DESK, scheme="light", language="en")
FRENCH = Eyes(width=PHONE, scheme="dark", language="fr", axe_at=(PHONE,))
SPANISH = Eyes(width=PHONE, scheme="light", language="es", axe_at=(PHONE,))


def test_the_journey(browser: Browser, address: str, photos: Photos) -> None:
    context, visitor = (browser.new_context() for _ in range(2))
    with watching(context, address), watching(visitor, address):
        journey = Journey(context.new_page(), visitor.new_page(), address, ENGLISH)
        journey.sign_up()
        journey.upload([*photos.clear, *photos.out_of_focus])
        journey.continue_as(FRENCH)
        journey.name_three_groups()
        journey.merge_and_undo()
        journey.continue_as(SPANISH)
        journey.answer_questions()
        journey.draw_a_face()
        journey.continue_as(FRENCH)
        journey.share_an_album()
        journey.continue_as(ENGLISH)
        journey.search_by_a_face(photos.another, photos.who)
        journey.continue_as(SPANISH)
        journey.delete_and_restore()
        journey.delete_the_account()
    visitor.close()
    context.close()
