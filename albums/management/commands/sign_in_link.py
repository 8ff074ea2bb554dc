"""bin/manage sign_in_link: a new link for who cannot sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from albums.management.entrance import first_account_link, sign_in_link
from config.commands.reporting import Outcome, ReportingCommand, cannot, wrong
from config.local_services import instance


class Command(ReportingCommand):
    """Print a link, also while the app runs."""

    help = "Print a link that signs a person in once, without a password."
    examples = """
  bin/manage sign_in_link
  bin/manage sign_in_link ada
  bin/manage sign_in_link ada --url https://photos.example.org

The link works once, within a day. While there is no account it is the link that makes the first one.
"""

    # It needs no models.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and where."""
        parser.add_argument(
            "name", nargs="?", metavar="NAME", help="whose link; needed with several accounts"
        )
        parser.add_argument("--url", help="the address of the page; default: where bin/start says that it is")

    def work(self, **options: Any) -> Outcome:
        """The link alone, so that it can be piped."""
        address = instance.address(settings.DATA_DIR)
        url = (options["url"] or (address.url if address else "")).rstrip("/")
        if not url:
            raise cannot(
                f"Trombine does not run with the data folder {settings.DATA_DIR}. Start it with bin/start, "
                "which prints a link; or say with --url where the page is.",
                code="not_running",
            )
        accounts = User.objects.filter(is_active=True).order_by("username")
        if not accounts.exists():
            token = address.setup_token if address else settings.SETUP_TOKEN
            link = first_account_link(url, setup_token=token)
            return Outcome({"link": link, "name": None}, [link])
        chosen = list(accounts.filter(username=options["name"]) if options["name"] else accounts[:2])
        if len(chosen) != 1:
            known = ", ".join(accounts.values_list("username", flat=True)[:20])
            raise wrong(f"Say whose link, with one of: {known}.", code="owner_unclear")
        link = sign_in_link(url, chosen[0])
        return Outcome({"link": link, "name": chosen[0].username}, [link])
