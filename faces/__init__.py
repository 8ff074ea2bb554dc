"""Who is in the pictures: finding faces, grouping them into people, and keeping what was said of them."""
