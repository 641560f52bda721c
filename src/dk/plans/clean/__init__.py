"""Which resources `dk clean` removes, a file for each kind."""
