"""Django's admin as this house has it."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """With a site of its own."""

    default_site = "albums.admin_site.HouseSite"

    def ready(self) -> None:
        """Read what the apps register; Django's accounts go by a shorter name at the head of their pages."""
        apps.get_app_config("auth").verbose_name = "House"
        super().ready()
