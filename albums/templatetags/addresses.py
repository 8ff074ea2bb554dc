"""Tag `url`, in all templates without loading it: Django's, with the addresses of many rows made faster."""

from html import escape
from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import Parser, Token
from django.template.context import Context
from django.urls import NoReverseMatch

from albums.http.addresses import address_of

register = template.Library()


class AddressNode(defaulttags.URLNode):
    """Django's node, for addresses without named arguments."""

    def render(self, context: Context) -> str:
        """Return the address, or set the variable after `as`."""
        if self.kwargs:
            return super().render(context)
        match = getattr(getattr(context, "request", None), "resolver_match", None)
        values = [argument.resolve(context) for argument in self.args]
        address = ""
        try:
            namespace = match.namespace if match else None
            address = address_of(self.view_name.resolve(context), *values, current_app=namespace)
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar is not None:
            context[self.asvar] = address
            return ""
        return escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """Parse the tag as Django does."""
    node: Any = defaulttags.url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
