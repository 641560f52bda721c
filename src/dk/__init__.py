"""dk: everyday Docker workflows in one safe word."""

__version__ = "0.1.0"
