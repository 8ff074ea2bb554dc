"""What a person uploads and arranges: originals, renditions, albums. Has never heard of faces."""
