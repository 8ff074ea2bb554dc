"""Places and tags by the owner, changes of photos with what undoes them, and an index by day of the year."""


import albums.wall_clock
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('albums', '0020_favourites_and_archive'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangedPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PhotoChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('date', 'Date'), ('place', 'Place'), ('description', 'Description'), ('tags', 'Tags'), ('turn', 'Turned')], max_length=16)),
                ('photos', models.PositiveIntegerField(default=0, help_text='the number of changed photos')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='image',
            name='place_by_owner',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='image',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='image',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='image_by_tags'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('tags', []), _negated=True), fields=['owner'], name='image_tagged'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(models.F('owner'), albums.wall_clock.MonthDay('captured_at'), name='image_by_month_day'),
        ),
        migrations.AddField(
            model_name='changedphoto',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='albums.image'),
        ),
        migrations.AddField(
            model_name='photochange',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photo_changes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changedphoto',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='albums.photochange'),
        ),
        migrations.AddIndex(
            model_name='photochange',
            index=models.Index(fields=['owner', '-id'], name='photo_change_by_owner'),
        ),
        migrations.AddConstraint(
            model_name='changedphoto',
            constraint=models.UniqueConstraint(fields=('change', 'image'), name='photo_once_per_change'),
        ),
    ]
