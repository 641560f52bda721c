"""The reports: observed state to rows. Pure, the twins of their commands."""
