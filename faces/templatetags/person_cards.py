"""Tag `person_card`: a person in a grid of sixty. A template would take half the time of the page."""

from dataclasses import dataclass
from html import escape
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from albums.http.addresses import address_of
from albums.templatetags.components import photo_count
from faces.forms import PersonNameForm
from faces.models import Person
from faces.templatetags.face_pictures import face_picture

register = template.Library()

# Only texts are escaped: numbers and addresses have nothing to escape.
# The key under which a template keeps its `_Page`.
PAGE = "person_card"
CARD = """
<li class="person-card" id="person-{pk}" data-card="{card}">
  <div class="person-top">
    <a class="person-face" href="{person}" {described}>{picture}</a>
    <label class="tick person-tick">
      <input type="checkbox" name="person" value="{pk}" form="people-act">
      <span class="visually-hidden">{select}</span>
    </label>
  </div>
  {name}
  <span class="soft small">{photos}</span>
</li>"""
NAME = '<a class="person-name" href="{person}" title="{name}">{name}</a>'
# A plain form; with htmx only this card is replaced.
NAME_FORM = """<form class="name-it" method="post" action="{person}"
        hx-post="{person}" hx-target="closest .person-card" hx-swap="outerHTML">
    <input type="hidden" name="csrfmiddlewaretoken" value="{token}">
    <input type="hidden" name="from" value="people">
    <label class="visually-hidden" for="name-{pk}">{label}</label>
    <input class="input" id="name-{pk}" name="name" maxlength="200" required autocomplete="off"
           data-names="{names}" data-names-person="{pk}" placeholder="{add}" value="{value}"{invalid}>
    <button class="button">{save}</button>
    {error}
  </form>"""
INVALID = ' aria-invalid="true" aria-describedby="name-{pk}-error"'
ERROR = '<div class="error" role="alert" id="name-{pk}-error">{errors}</div>'


@dataclass(frozen=True, slots=True)
class _Page:
    """The values that all cards of a page share, ready for HTML."""

    token: str
    names: str
    select_unnamed: str
    label: str
    add: str
    save: str


@register.simple_tag(takes_context=True)
def person_card(context: Context, person: Any, form: PersonNameForm | None = None) -> SafeString:
    """Draw a row of `person_cards` as a card; form: a name for this person that was refused."""
    address, page = address_of("faces:person", person.id), _page_of(context)
    if person.name:
        name = escape(person.name)
        described = 'tabindex="-1" aria-hidden="true"'
        select = gettext("Select %(name)s") % {"name": name}
        named = NAME.format(person=address, name=name)
    else:
        described = f'aria-label="{escape(_unnamed(person.photo_count))}"'
        select = page.select_unnamed
        named = _name_form(person, address, page, form)
    card = CARD.format(
        pk=person.id,
        card=address_of("faces:person_card", person.id),
        person=address,
        described=described,
        picture=face_picture(person.shown_face_id),
        select=select,
        name=named,
        photos=escape(photo_count(person.photo_count)),
    )
    return mark_safe(card)  # noqa: S308  # nosec B703 - texts are escaped


def _unnamed(count: int) -> str:
    text = ngettext("Unnamed person, %(number)s photo", "Unnamed person, %(number)s photos", count)
    return text % {"number": intcomma(count)}


def _page_of(context: Context) -> _Page:
    """Return the values that all cards share, found once for a page."""
    known: _Page | None = context.render_context.get(PAGE)
    if known is None:
        known = _Page(
            token=escape(str(context["csrf_token"])),
            names=address_of("faces:names"),
            select_unnamed=escape(gettext("Select this unnamed person")),
            label=escape(gettext("Name of this person")),
            add=escape(gettext("Add a name")),
            save=escape(gettext("Save")),
        )
        context.render_context[PAGE] = known
    return known


def _name_form(person: Person, address: str, page: _Page, form: PersonNameForm | None) -> str:
    """Return the form for the name of a group, perhaps with what is wrong with the one that was sent."""
    value = invalid = error = ""
    if form is not None:
        value = escape(str(form["name"].value() or ""))
    if form is not None and form.errors:
        errors = " ".join(map(str, form.errors.get("name", ())))
        invalid = INVALID.format(pk=person.id)
        error = ERROR.format(pk=person.id, errors=escape(errors))
    return NAME_FORM.format(
        pk=person.id,
        person=address,
        token=page.token,
        label=page.label,
        names=page.names,
        add=page.add,
        value=value,
        invalid=invalid,
        save=page.save,
        error=error,
    )
