"""The icon, for pages that name none: the admin's, and a photo opened by itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon that all other pages name."""
    return HttpResponseRedirect(static("img/logo.svg"))
