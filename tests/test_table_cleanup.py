"""The quick way leaves nothing behind, as Django's does."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import TransactionTestCase

from faces.models import Face
from tests import table_cleanup
from tests.rows import group_of


@pytest.mark.django_db(transaction=True)
def test_every_table_is_empty_but_those_that_are_made_with_the_others() -> None:
    permissions = Permission.objects.count()
    group_of(User.objects.create_user("ada"), 3, name="Anna")
    Face.objects.first().delete()  # type: ignore[union-attr]  # a trigger notes it in a table of its own
    table_cleanup.empty(TransactionTestCase("run"))
    with connection.cursor() as cursor:
        filled = []
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(name)})")
            filled += [name] if cursor.fetchone() == (True,) else []
    assert set(filled) == table_cleanup.PRESERVED
    assert Permission.objects.count() == permissions > 0
