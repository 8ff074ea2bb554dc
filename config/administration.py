"""Django's admin as this house has it."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """With a site of its own."""

    default_site = "albums.admin_site.HouseSite"
