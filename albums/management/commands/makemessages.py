"""bin/manage makemessages: Django's command, which also collects the messages that are stored."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """With the functions of `faces/messages.py` beside those of gettext."""

    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=message",
        "--keyword=message_plural:1,2",
    ]
