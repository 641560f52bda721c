"""Values that must never be shown by accident."""

from dataclasses import dataclass

HIDDEN = "•••"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that shows as `shown` wherever it is printed; `reveal()` gives the text itself."""

    _value: str
    shown: str = HIDDEN

    def reveal(self) -> str:
        """Return the value. Call it only where the value leaves for the engine or on request."""
        return self._value

    def __repr__(self) -> str:
        return self.shown

    def __str__(self) -> str:
        return self.shown

    def __format__(self, spec: str) -> str:
        return format(self.shown, spec)
