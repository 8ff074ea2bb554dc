"""The country of a place is a code of its own; the worker fills it in anew, with the town."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('albums', '0005_reason_values'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='image',
            name='image_by_place',
        ),
        migrations.AddField(
            model_name='image',
            name='country',
            field=models.CharField(blank=True, help_text='of the town: an ISO 3166 code', max_length=2),
        ),
        migrations.AlterField(
            model_name='image',
            name='place',
            field=models.CharField(blank=True, help_text='the town, by its local name', max_length=200),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('place', ''), _negated=True), fields=['owner', 'country', 'place'], include=('binned_at',), name='image_by_place'),
        ),
    ]
