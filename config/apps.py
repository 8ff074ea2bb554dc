"""Django's admin with the project's own site."""

from django.apps import apps
from django.contrib.admin.apps import SimpleAdminConfig


class AdministrationConfig(SimpleAdminConfig):
    """With a site of its own, whose pages are read with the addresses and not with the apps.

    Workers and commands have no pages, and would take a third of a second longer to start.
    """

    default_site = "albums.admin_site.OperatorSite"

    def ready(self) -> None:
        """Django's accounts go by a shorter name at the head of their pages."""
        apps.get_app_config("auth").verbose_name = "House"
        super().ready()
