"""Where modes are looked for, before anything is solved."""
