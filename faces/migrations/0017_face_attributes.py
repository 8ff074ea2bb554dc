"""Estimates of the age and gender of faces, off until an owner switches them on."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('faces', '0016_history_wording'),
    ]

    operations = [
        migrations.AddField(
            model_name='facerecognition',
            name='attributes',
            field=models.BooleanField(default=False, help_text='age and gender of faces are estimated'),
        ),
        migrations.CreateModel(
            name='FaceAttributes',
            fields=[
                ('face', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='attributes', serialize=False, to='faces.face')),
                ('model', models.CharField(max_length=64)),
                ('crop', models.CharField(help_text='the picture that was estimated; outdated when the face has another', max_length=255)),
                ('age', models.FloatField(help_text='estimated age in years', null=True)),
                ('male', models.FloatField(help_text='estimated probability of male, 0..1', null=True)),
                ('estimated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'face attributes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('age__isnull', True), ('male__isnull', True)), models.Q(('age__gte', 0), ('age__isnull', False), ('male__gte', 0), ('male__isnull', False), ('male__lte', 1)), _connector='OR'), name='attributes_whole_or_none')],
            },
        ),
    ]
