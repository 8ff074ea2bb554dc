"""An index for the clusters of the map."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('albums', '0022_similar_photos'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('latitude__isnull', False)), fields=['owner', 'latitude', 'longitude'], include=('id', 'state', 'binned_at'), name='image_by_position'),
        ),
    ]
