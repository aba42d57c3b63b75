"""One script a version. There is no way back but a backup: what a person wrote is not thrown away to fit older tables."""
