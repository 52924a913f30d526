"""The steps of a week, a file each: what a step depends on, whether it is needed, and its work."""
