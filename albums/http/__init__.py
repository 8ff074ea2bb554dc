"""HTTP that pages and the API share: files, ranges, zips, the current user, ids in requests."""
