"""What a mode loses, and what its field says of it."""
