"""The reason of a refusal is stored as a code with values, which become a message when they are read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('albums', '0004_uploads_of_zips'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='reason_values',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='unpackedfile',
            name='reason_values',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='upload',
            name='reason',
            field=models.CharField(blank=True, help_text='why it was refused: a code', max_length=32),
        ),
        migrations.AddField(
            model_name='upload',
            name='reason_values',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name='unpackedfile',
            name='reason',
            field=models.TextField(blank=True, help_text='a code; words in older rows'),
        ),
        migrations.AlterField(
            model_name='upload',
            name='detail',
            field=models.TextField(blank=True, help_text='the same in words: of rows older than the codes'),
        ),
    ]
