"""Rows of renamed tables survive the migration both ways, and the triggers write to the new table."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from faces.models import ClusterQuality, DirtyPerson, Face, OperatorQuestion, Person, PersonStats
from faces.services.people.stats import stats_refresh
from tests.faces.coloured import face
from tests.rows import image_rows

BEFORE, AFTER = ("faces", "0013_group_doubts"), ("faces", "0014_plain_names")


def migrate(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


@pytest.mark.django_db
def test_rows_survive_and_triggers_follow() -> None:
    owner = User.objects.create_user("ada")
    people = [Person.objects.create(owner=owner, name=name) for name in ("Anna", "Ben")]
    found = [face(image) for image in image_rows(owner, 3)]
    Face.objects.filter(pk__in=[row.pk for row in found]).update(person=people[0])
    stats_refresh(owner_id=owner.pk)
    ClusterQuality.objects.create(
        person=people[0], faces=3, excess=0.25, persistence=0.5, outlier=0.1, spread=0.2, signature="abc"
    )
    OperatorQuestion.objects.create(owner=owner, by=owner, key="mixed:1", about=people[0].pk, probability=0.5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        migrate(BEFORE)
        cursor.execute("UPDATE faces_face SET person_id = %s WHERE id = %s", [people[1].pk, found[0].pk])
        cursor.execute("SELECT DISTINCT person_id FROM faces_staleperson ORDER BY 1")
        assert [row for (row,) in cursor.fetchall()] == [person.pk for person in people]
        cursor.execute("SELECT doubt, weighed_at IS NULL FROM faces_groupdoubt")
        assert cursor.fetchall() == [(0.25, False)]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        migrate(AFTER)
        # The models of the assertions are those of the newest tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert set(DirtyPerson.objects.values_list("person_id", flat=True)) == {person.pk for person in people}
    assert ClusterQuality.objects.get().excess == 0.25
    assert OperatorQuestion.objects.get().key == "mixed:1"
    assert dict(PersonStats.objects.values_list("person", "faces")) == {people[0].pk: 3, people[1].pk: 0}
    stats_refresh(owner_id=owner.pk)
    assert dict(PersonStats.objects.values_list("person", "faces")) == {people[0].pk: 2, people[1].pk: 1}
    Face.objects.filter(pk=found[0].pk).update(person=people[0])
    assert DirtyPerson.objects.count() == 2
