"""Command `makemessages`: Django's, which also extracts messages that are stored in rows."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    # The functions of faces/messages.py.
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=message",
        "--keyword=message_plural:1,2",
    ]
