"""The tools of the studio, registered by the apps (`Extension.studio_tools`)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django_stubs_ext import StrOrPromise

from albums.extensions import provided


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioTool:
    """A tool as listed on the studio's page.

    url_name: its page, which needs no argument. icon: in static/img/`sprite`.svg.
    offered: returns whether an account can use it; None: always.
    """

    name: str
    label: StrOrPromise
    description: StrOrPromise
    url_name: str
    icon: str
    sprite: str = "icons"
    offered: Callable[[User], bool] | None = None


def studio_tools(user: User) -> list[StudioTool]:
    """Return the tools that an account can use."""
    tools = provided(lambda app: app.studio_tools)
    return [tool for tool in tools if tool.offered is None or tool.offered(user)]
