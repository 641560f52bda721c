"""What the user wants: parsed from flags and files, rendered as API JSON and docker argv. Pure."""
