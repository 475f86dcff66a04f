"""Pictures of fields and of the cavity in the meridian plane."""
