"""Configuration of Django's admin."""

from django.apps import apps
from django.contrib.admin.apps import SimpleAdminConfig


class AdministrationConfig(SimpleAdminConfig):
    """The site of the albums app; config.urls discovers its pages, which only the web server needs."""

    default_site = "albums.admin_site.OperatorSite"

    def ready(self) -> None:
        """Give Django's accounts a shorter name in page titles."""
        apps.get_app_config("auth").verbose_name = "Server"
        super().ready()
