"""What stays: `--keep PATTERN`, a glob over names or `label:KEY[=VALUE]`.

In a glob `*` is any text, `/` included, `?` any character, `[ab0-9]` one of these, `[!ab]` (or
`[^ab]`) none of these; upper and lower case differ, and the whole name must fit. The key of a label
is taken as it is, its value is a glob; without a value the label may have any. What begins with
`label:` is always a label: an image of that name is kept with `[l]abel:…`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError
from dk.spec.clean_options import KeepPattern
from dk.spec.reference import DEFAULT_DOMAIN, OFFICIAL, parse_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LABEL = "label:"
_EXAMPLE = "e.g. 'db*', 'app:*' or label:team=core"


def parse_keep(text: str, source: str) -> KeepPattern:
    """Return a pattern that is known to be in order. Raises UsageError."""
    _compiled(pattern := KeepPattern(text, source))
    return pattern


def compile_glob(glob: str) -> Callable[[str], object]:
    """Return a function that says, by something true, whether a glob fits the whole of a text.

    Raises UsageError for an empty glob, a `[` that is not closed and a range that runs backwards.
    """
    if not glob.strip():
        raise UsageError("the pattern is empty", fix=_EXAMPLE)
    return _compile(glob)


def image_names(reference: str) -> tuple[str, ...]:
    """Return every name that a reference of an image ("app:1", "app@sha256:…") goes by.

    With its tag and without, in short and in full ("docker.io/library/app:1"). What is no reference
    goes by itself alone.
    """
    try:
        parsed = parse_reference(reference)
    except UsageError:
        return (reference,)
    path = parsed.path
    repositories = [parsed.repository]
    if parsed.domain == DEFAULT_DOMAIN:
        repositories += [path]
        if path.startswith(OFFICIAL) and path.count("/") == 1:
            short = path.removeprefix(OFFICIAL)
            repositories += [short, f"{DEFAULT_DOMAIN}/{short}"]
    suffix = str(parsed).removeprefix(parsed.repository)
    names = [repository + end for repository in repositories for end in (suffix, "")]
    return tuple(dict.fromkeys((reference, *names)))


class Keep:
    """Patterns, made ready once to be held against many things."""

    def __init__(self, patterns: Iterable[KeepPattern]) -> None:
        self._patterns = [_compiled(pattern) for pattern in patterns]
        self._unmatched = dict.fromkeys(self._patterns)

    def matches(self, names: Iterable[str], labels: Mapping[str, str]) -> KeepPattern | None:
        """Return the first pattern that fits one of a thing's names or labels."""
        if not self._patterns:
            return None
        names = tuple(names)
        fitting = None
        for pattern in self._patterns:
            if fitting is not None and pattern not in self._unmatched:
                continue
            if pattern.fits(names, labels):
                self._unmatched.pop(pattern, None)
                fitting = fitting or pattern
        return fitting.said if fitting else None

    @property
    def unmatched(self) -> tuple[KeepPattern, ...]:
        """The patterns that fitted nothing of what they were held against until now."""
        return tuple(pattern.said for pattern in self._unmatched)


class _Compiled(NamedTuple):
    said: KeepPattern
    key: str | None  # of a label
    glob: Callable[[str], object]

    def fits(self, names: tuple[str, ...], labels: Mapping[str, str]) -> bool:
        if self.key is not None:
            return self.key in labels and bool(self.glob(labels[self.key]))
        return any(map(self.glob, names))


def _compiled(pattern: KeepPattern) -> _Compiled:
    if not pattern.text.startswith(LABEL):
        return _Compiled(pattern, None, compile_glob(pattern.text))
    key, equals, value = pattern.text.removeprefix(LABEL).partition("=")
    if not key.strip():
        raise UsageError(f"{pattern.text}: the label's key is empty", fix="e.g. label:team=core")
    return _Compiled(pattern, key, _compile(value if equals else "*"))


def _compile(glob: str) -> Callable[[str], object]:
    from fnmatch import translate

    # Only fnmatch's own sign of "none of these" is known to `translate`.
    pieces = []
    position = 0
    while (start := glob.find("[", position)) >= 0:
        end = _end_of_set(glob, start)
        pieces.append(glob[position:start] + re.sub(r"^\[\^", "[!", glob[start:end]))
        position = end
    return re.compile(translate("".join(pieces) + glob[position:])).match


def _end_of_set(glob: str, start: int) -> int:
    """Return where the set that begins at `start` is over, behind its `]`."""
    first = start + 1 + glob.startswith(("!", "^"), start + 1)
    end = glob.find("]", first + 1)  # a `]` at the beginning is one of the characters
    if end < 0:
        raise UsageError(
            f"{glob!r}: the [ at character {start + 1} is not closed",
            fix="add the ], or write [[] for the character itself",
        )
    backwards = [low + "-" + high for low, high in _ranges(glob[first:end]) if low > high]
    if backwards:
        raise UsageError(
            f"{glob!r}: nothing is in the range {backwards[0]} at character {start + 1}",
            fix=f"turn it round: {backwards[0][::-1]}",
        )
    return end + 1


def _ranges(characters: str) -> Iterable[tuple[str, str]]:
    return re.findall(r"(.)-(.)", characters, re.DOTALL)
