"""bin/manage makemessages: Django's own, which also finds the sentences that are kept to be read later."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """With the names of `faces/sentences.py` beside those of gettext."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=said", "--keyword=said_of:1,2"]
