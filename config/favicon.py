"""Favicon of pages that name none: the admin, and a photo opened by itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Redirect to the icon of all other pages."""
    return HttpResponseRedirect(static("img/logo.svg"))
