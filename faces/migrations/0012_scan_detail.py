"""Why a scan failed is told in the words of its code; the detail is for who looks after the server."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('faces', '0011_change_wording'),
    ]

    operations = [
        migrations.AlterField(
            model_name='facescan',
            name='detail',
            field=models.TextField(blank=True, help_text='the same for who looks after the server, in English'),
        ),
    ]
