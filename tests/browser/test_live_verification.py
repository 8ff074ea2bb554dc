"""Live verification with a camera that films a real face, and the real models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserType, Page, Request, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from albums.models import Image
from faces import runtime
from tests.browser.conftest import PATIENCE, sign_in
from tests.faces.conftest import install, lfw, models_dir, models_home

__all__ = ["install", "lfw", "models_dir", "models_home"]

pytestmark = [pytest.mark.data, pytest.mark.long, pytest.mark.slow(10)]
PERSON = "images/Al_Sharpton"
FRAME = "/studio/verify/frame/"


@pytest.fixture(scope="module")
def camera(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    lfw: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A browser whose camera films a person of LFW."""
    # Motion JPEG is one JPEG after the other.
    film = tmp_path_factory.mktemp("film") / "film.mjpeg"
    film.write_bytes((lfw / PERSON / "Al_Sharpton_0001.jpg").read_bytes() * 2)
    arguments = [*browser_type_launch_args["args"], f"--use-file-for-fake-video-capture={film}"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.fixture
def models(models_dir: Path, settings: Settings) -> Iterator[None]:
    """The real models."""
    settings.MODELS_DIR = models_dir
    runtime.reset()
    cache.clear()
    yield
    runtime.reset()


@pytest.fixture
def filmed(camera: Browser, models: None, owner: User, live_server: LiveServer) -> Iterator[Page]:
    """A page of the owner, who has allowed the camera."""
    context = camera.new_context(permissions=["camera"])
    context.set_default_timeout(PATIENCE)
    sign_in(context, owner, live_server)
    yield context.new_page()
    context.close()


@pytest.fixture
def frames(filmed: Page) -> Iterator[list[str]]:
    """The frames that were sent."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith(FRAME):
            sent.append(request.url)

    filmed.on("request", note)
    yield sent
    filmed.remove_listener("request", note)


def test_the_camera_is_compared_while_the_page_says_that_it_is_on(
    filmed: Page, frames: list[str], lfw: Path, live_server: LiveServer
) -> None:
    errors: list[str] = []
    filmed.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    filmed.goto(f"{live_server.url}/studio/verify/")
    filmed.get_by_label("Picture of the person").set_input_files(lfw / PERSON / "Al_Sharpton_0003.jpg")
    filmed.get_by_role("button", name="Use this picture").click()
    filmed.get_by_role("button", name="Start the camera").wait_for()
    assert frames == []
    filmed.get_by_role("button", name="Start the camera").click()
    expect(filmed.locator("[data-live-state]")).to_have_text(
        "The camera is on: its pictures are being compared."
    )
    expect(filmed.locator("[data-live-text]")).to_have_text("Very likely the same person: over 99%")
    expect(filmed.get_by_alt_text("The most similar frame so far")).to_be_visible()
    # The box is on the face in the middle.
    left = float(filmed.locator("[data-live-box]").get_attribute("x") or 0)
    assert 0.15 < left < 0.5
    while len(frames) < 3:
        filmed.wait_for_timeout(50)
    assert filmed.locator("[data-live-line]").get_attribute("points").count(",") > 1  # type: ignore[union-attr]
    filmed.get_by_role("button", name="Stop the camera").click()
    expect(filmed.locator("[data-live-state]")).to_have_text("The camera is off.")
    assert filmed.evaluate("document.querySelector('[data-live] video').srcObject") is None
    sent = len(frames)
    filmed.wait_for_timeout(700)
    assert len(frames) == sent
    assert not Image.objects.exists()
    assert errors == []


def test_a_hidden_page_stops_the_camera(
    filmed: Page, frames: list[str], lfw: Path, live_server: LiveServer
) -> None:
    filmed.goto(f"{live_server.url}/studio/verify/")
    filmed.get_by_label("Picture of the person").set_input_files(lfw / PERSON / "Al_Sharpton_0003.jpg")
    filmed.get_by_role("button", name="Use this picture").click()
    filmed.get_by_role("button", name="Start the camera").click()
    expect(filmed.locator("[data-live-text]")).to_contain_text("same person")
    filmed.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(filmed.locator("[data-live-state]")).to_have_text("The camera is off.")
    assert filmed.evaluate("document.querySelector('[data-live] video').srcObject") is None


def test_two_photos_with_a_timer_are_compared(filmed: Page, live_server: LiveServer) -> None:
    filmed.goto(f"{live_server.url}/studio/verify/")
    section = filmed.locator("[data-shots]")
    for name in ("Take the first photo", "Take the second photo"):
        section.get_by_role("button", name=name).click()
        expect(section.locator("[data-shots-state]")).to_have_text("The camera is on: photo in 3")
    section.get_by_role("button", name="Compare").click()
    expect(filmed.get_by_role("heading", name="Very likely the same person: over 99%")).to_be_visible()
    assert not Image.objects.exists()
