"""Command `sign_in_link`: a link for an account without a known password."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from albums.management.accounts import find_account, first_account_link, sign_in_link
from albums.services.accounts.accounts import accounts_exist
from config.commands.reporting import ReportingCommand, Result, unavailable
from config.local_services import instance


class Command(ReportingCommand):
    help = "Print a link that signs in once, without a password."
    examples = """
  bin/manage sign_in_link
  bin/manage sign_in_link ada
  bin/manage sign_in_link ada --url https://photos.example.org

The link is valid once, for a day. Before there is an account it is the sign-up link for the first one.
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", metavar="NAME", help="account; required with several accounts")
        parser.add_argument("--url", help="the address of the page; default: that of bin/start")

    def run(self, **options: Any) -> Result:
        """Print the link alone, for pipes."""
        address = instance.address(settings.DATA_DIR)
        url = (options["url"] or (address.url if address else "")).rstrip("/")
        if not url:
            raise unavailable(
                f"Trombine does not run with the data folder {settings.DATA_DIR}. Start it with bin/start, "
                "which prints a link, or give the address of the page with --url.",
                code="not_running",
            )
        if not accounts_exist():
            token = address.setup_token if address else settings.SETUP_TOKEN
            link = first_account_link(url, setup_token=token)
            return Result({"link": link, "name": None}, [link])
        user = find_account(options["name"], option="NAME")
        link = sign_in_link(url, user)
        return Result({"link": link, "name": user.username}, [link])
