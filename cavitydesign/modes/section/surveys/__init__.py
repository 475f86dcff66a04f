"""Which modes a section holds, before any is solved."""
