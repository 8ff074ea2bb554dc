"""Face recognition: detect faces, group them into people, and record user decisions."""
