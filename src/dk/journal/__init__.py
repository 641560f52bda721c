"""What dk destroyed and what it used, kept in files of the user's own below `folder`."""
