"""Addresses of rows are those of `reverse`, whatever their arguments, prefix and path converters are."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test.utils import override_script_prefix
from django.urls import NoReverseMatch, path, register_converter, reverse
from django.urls.converters import get_converters

from albums.http.addresses import address_of


class PaddedConverter:
    regex = "[0-9]{4,}"
    to_python = int

    def to_url(self, value: int) -> str:
        return f"{value:04}"


if "padded" not in get_converters():
    register_converter(PaddedConverter, "padded")


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("years/<padded:year>/", page, name="year"),
    path("<int:second>/<int:first>/<slug:word>/", page, name="swapped"),
]


@pytest.mark.parametrize(
    ("view", "values"),
    [
        ("albums:photos", ()),
        ("albums:photo", (0,)),
        ("albums:photo", (90_123_456_780,)),
        ("albums:photo", (2**62,)),
        ("albums:rendition", (17, "thumbnail")),
        ("albums:rendition", ("17", "preview")),
        ("faces:crop", (5,)),
    ],
)
def test_an_address_is_that_of_reverse(view: str, values: tuple[object, ...]) -> None:
    assert address_of(view, *values) == reverse(view, args=values)
    # The second time it is known.
    assert address_of(view, *values) == reverse(view, args=values)
    with override_script_prefix("/trombine/"):
        assert address_of(view, *values) == reverse(view, args=values)
    assert address_of(view, *values) == reverse(view, args=values)


@pytest.mark.urls(__name__)
def test_numbers_that_change_in_an_address_are_left_to_django() -> None:
    assert address_of("year", 5) == "/years/0005/"
    assert address_of("year", 12_345) == "/years/12345/"
    assert address_of("swapped", 1, 2, "five") == reverse("swapped", args=[1, 2, "five"])


@pytest.mark.parametrize("value", [-1, None, 1.5, "x"])
def test_what_fits_no_address_raises(value: object) -> None:
    with pytest.raises(NoReverseMatch):
        address_of("albums:photo", value)
    with pytest.raises(NoReverseMatch):
        address_of("nothing:there", 1)


def test_the_tag_of_templates_is_that_of_django() -> None:
    text = (
        "{% url 'albums:photo' pk %} {% url 'albums:photo' pk=pk %} "
        "{% url 'albums:photo' name as it %}[{{ it }}]"
        "{% url 'albums:rendition' pk 'preview' as it %}{{ it }}"
    )
    expected = "/photos/7/ /photos/7/ []" + reverse("albums:rendition", args=[7, "preview"])
    assert Template(text).render(Context({"pk": 7, "name": "x"})) == expected
    with pytest.raises(NoReverseMatch):
        Template("{% url 'albums:photo' name %}").render(Context({"name": "x"}))
