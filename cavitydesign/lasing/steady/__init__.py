"""Light under a steady pump: gain against loss, and the continuous laser."""
