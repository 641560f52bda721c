"""The workflows: observed state and options to a plan. Pure."""
