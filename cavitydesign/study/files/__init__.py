"""Files of a study: its description, functions of the user, and tables."""
