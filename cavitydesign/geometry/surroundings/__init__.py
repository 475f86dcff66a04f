"""What a cavity stands in: a guide beside it, a temperature."""
