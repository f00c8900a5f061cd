"""Landing one file: fetched, checked, and stored as a version of the raw layer."""
