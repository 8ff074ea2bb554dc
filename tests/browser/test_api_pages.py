"""The API's own pages: their libraries run under the policy that they are given, and ask no other server."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer


def test_every_operation_can_be_tried_out(signed_in: Page, live_server: LiveServer) -> None:
    # Only what is near the window is in the page; the address of a group leads to it.
    signed_in.goto(f"{live_server.url}/api/v1/docs/#/account")
    operation = signed_in.locator("#operations-account-me_get")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".live-responses-table .highlight-code").first).to_contain_text('"ada"')


def test_the_same_can_be_read(watched: Page, live_server: LiveServer, owner: User) -> None:
    # Redoc's own script loads its maker's logo from another server; `watched` allows no request there.
    watched.goto(f"{live_server.url}/api/v1/docs/redoc/")
    expect(watched.get_by_role("heading", name="Trombine")).to_be_visible()
    expect(watched.locator("#operation\\/me_get")).to_have_count(1)
