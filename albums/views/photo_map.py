"""The map: a page, the clusters and photos of a part of it, and what is drawn below them."""

import json
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.http.map_tiles import tiles_policy
from albums.models import Image
from albums.ordering import NEWEST_FIRST
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import whole_number
from albums.services.mapping.clusters import MAX_ZOOM, area_of, clusters_in
from albums.services.mapping.outlines import country, world_json
from albums.services.mapping.towns import towns_in
from albums.services.searching.area import Area, AreaPart
from albums.services.searching.search import Search
from albums.views.photo_navigation import search_context, search_url
from albums.views.tiles import tile_page

# Of what is drawn without tiles; names are the same in all languages.
DATA_SOURCES = "Natural Earth, GeoNames"
# The outlines change with the package only.
CACHE_SECONDS = 7 * 24 * 3600


@cacheable_page_view
def photo_map(request: HttpRequest) -> HttpResponse:
    """Show the map, at first with all photos. A script draws it; the part that is shown is in the address."""
    area = area_of(_mine(request))
    context = {
        "area": area,
        "area_json": json.dumps(asdict(area)) if area else "",
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION if settings.MAP_TILES else DATA_SOURCES,
    }
    response = render(request, "albums/map.html", context)
    response.headers["Content-Security-Policy"] = tiles_policy(settings.MAP_TILES)
    return response


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def clusters(request: HttpRequest) -> HttpResponse:
    """Return the clusters of ?area= at ?zoom= as JSON, each with the address that a click opens."""
    area, zoom = Area.of(request.GET.get("area", "")), whole_number(request.GET.get("zoom"))
    if area is None or zoom is None or zoom > MAX_ZOOM:
        return _bad_request()
    context = search_context(_search(area))
    rows: list[dict[str, Any]] = []
    for one in clusters_in(_mine(request), area, zoom=zoom):
        thumbnail = reverse("albums:rendition", args=[one.image_id, "thumbnail"])
        photo = reverse("albums:photo", args=[one.image_id]) + context
        there = photo if one.photos == 1 else search_url(_search(one.area.grown()))
        rows.append({**asdict(one), "thumbnail": thumbnail, "url": there})
    return JsonResponse({"photos": sum(row["photos"] for row in rows), "clusters": rows})


@cacheable_page_view
@cache_control(private=True, no_cache=True)
def photos(request: HttpRequest) -> HttpResponse:
    """Return the newest photos of ?area= as a fragment, with the link to a search for all of them."""
    area = Area.of(request.GET.get("area", ""))
    if area is None:
        return _bad_request()
    search = _search(area)
    images = _mine(request).filter(area.condition)
    page = tile_page(images, NEWEST_FIRST, cursor="", context_query=search_context(search), selectable=False)
    # The search has the others.
    page = replace(page, next_cursor="")
    context = {"page": page, "photo_count": images.order_by().count(), "search_url": search_url(search)}
    return render(request, "albums/_map_photos.html", context)


@cacheable_page_view
@cache_control(private=True, max_age=CACHE_SECONDS)
def towns(request: HttpRequest) -> HttpResponse:
    """Return the largest towns of ?area= as JSON: name, longitude, latitude, inhabitants."""
    area = Area.of(request.GET.get("area", ""))
    if area is None:
        return _bad_request()
    rows = [[town.name, town.longitude, town.latitude, town.inhabitants] for town in towns_in(area)]
    return JsonResponse({"towns": rows})


@gzip_page
@cacheable_page_view
@cache_control(private=True, max_age=CACHE_SECONDS)
def world(_request: HttpRequest) -> HttpResponse:
    """Return the coarse outlines of all countries as JSON, as in `services.mapping.outlines`."""
    return HttpResponse(world_json(), content_type="application/json")


@gzip_page
@cacheable_page_view
@cache_control(private=True, max_age=CACHE_SECONDS)
def country_outlines(_request: HttpRequest, number: int) -> HttpResponse:
    """Return the fine outlines of a country as JSON."""
    found = country(number)
    if found is None:
        raise Http404("no such country")
    return JsonResponse(found)


def _mine(request: HttpRequest) -> ImageQuerySet:
    # As in the search, which the page links to.
    return Image.objects.owned_by(current_user(request)).ready()


def _search(area: Area) -> Search:
    return Search("", {AreaPart.name: (area.value,)})


def _bad_request() -> HttpResponse:
    return HttpResponseBadRequest(_("Missing area, for example area=4.7,45.6,5.0,45.9 and zoom=10"))
