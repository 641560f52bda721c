"""The kinds of change that dk can make. Pure: `engine.apply` carries them out."""
