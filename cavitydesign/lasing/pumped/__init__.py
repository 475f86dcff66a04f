"""The pumped cavity: pump profile, emitters, heat, and the noise from which modes start."""
