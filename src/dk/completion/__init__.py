"""What a shell may offer at a place of a command line. Pure; the shells' scripts lie in here."""
