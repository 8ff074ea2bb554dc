"""Passkeys and codes in a real browser with a virtual authenticator; every page of theirs is looked at."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import Eyes
from tests.browser.page_table import SECOND_STEP

pytestmark = pytest.mark.slow(20)

EYES = Eyes(also_at=(360, 700, 1024))
PASSWORD = "a long pass phrase"


class Visit:
    """A browser with an authenticator in it, which looks at each page that it comes to."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page, self.server = page, server
        self.seen: set[str] = set()
        self.faults: list[str] = []
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def open(self, view: str, **arguments: object) -> None:
        self.page.goto(f"{self.server.url}{reverse(view, kwargs=arguments)}")

    def look(self, view: str) -> None:
        """Look at the page, which has come by itself or by `open`."""
        pattern = re.sub(r"/0/", r"/\\d+/", reverse(view, kwargs={"pk": 0} if view in WITH_KEY else {}))
        expect(self.page).to_have_url(re.compile(f"{pattern}([?].*)?$"))
        self.faults += [f"{view}: {fault}" for fault in EYES.faults(self.page)]
        self.seen.add(view)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def sign_in(self) -> None:
        self.page.context.clear_cookies()
        self.open("albums:sign_in")
        self.page.get_by_label("Name").fill("ada")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")

    def is_signed_in(self) -> None:
        expect(self.page.get_by_role("link", name="Upload photos")).to_be_visible()

    def enter_code(self, secret: str, button: str) -> None:
        code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
        self.page.get_by_label("Code").fill(code)
        self.press(button)


WITH_KEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}


def test_codes_and_passkeys_from_setting_up_to_turning_off(
    watched: Page, owner: User, live_server: LiveServer
) -> None:
    visit = Visit(watched, live_server)
    visit.sign_in()
    visit.open("mfa_index")
    visit.look("mfa_index")
    secret = set_up_app(visit)
    set_up_passkey(visit)
    visit.open("socialaccount_connections")
    visit.look("socialaccount_connections")
    sign_in_in_every_way(visit, secret)
    turn_off(visit)
    visit.sign_in()
    visit.is_signed_in()
    visit.page.context.clear_cookies()
    for view in ("account_inactive", "socialaccount_login_cancelled"):
        visit.open(view)
        visit.look(view)
    assert visit.faults == []
    assert visit.seen == {row.view for row in SECOND_STEP}


def set_up_app(visit: Visit) -> str:
    visit.follow("Set up")
    visit.look("account_reauthenticate")
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.press("Confirm")
    visit.look("mfa_activate_totp")
    secret = visit.page.locator("code").inner_text()
    visit.enter_code(secret, "Turn on")
    visit.look("mfa_view_recovery_codes")
    visit.follow("Make new codes")
    visit.look("mfa_generate_recovery_codes")
    return secret


def set_up_passkey(visit: Visit) -> None:
    visit.open("mfa_add_webauthn")
    visit.look("mfa_add_webauthn")
    expect(visit.page.get_by_label("Sign in with it alone")).to_be_checked()
    visit.press("Add")
    visit.look("mfa_index")
    visit.follow("Manage passkeys")
    visit.look("mfa_list_webauthn")
    visit.follow("Rename")
    visit.look("mfa_edit_webauthn")
    visit.page.get_by_label("Name").fill("My phone")
    visit.press("Save")
    expect(visit.page.get_by_role("heading", name="My phone")).to_be_visible()


def sign_in_in_every_way(visit: Visit, secret: str) -> None:
    visit.sign_in()
    visit.look("mfa_authenticate")
    visit.enter_code(secret, "Sign in")
    visit.is_signed_in()
    visit.sign_in()
    visit.press("Use a passkey")
    visit.is_signed_in()
    # The passkey alone, also to confirm.
    visit.page.context.clear_cookies()
    visit.open("albums:sign_in")
    visit.press("Sign in with a passkey")
    visit.is_signed_in()
    visit.open("mfa_reauthenticate")
    visit.look("mfa_reauthenticate")
    visit.open("mfa_reauthenticate_webauthn")
    visit.look("mfa_reauthenticate_webauthn")
    visit.press("Use a passkey")
    visit.is_signed_in()


def turn_off(visit: Visit) -> None:
    visit.open("mfa_deactivate_totp")
    visit.look("mfa_deactivate_totp")
    visit.press("Turn off")
    visit.open("mfa_list_webauthn")
    visit.follow("Remove")
    visit.look("mfa_remove_webauthn")
    visit.press("Remove")
