"""What is worth a notice about an env file: values that other rules read otherwise, and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from dk.spec.env_file.reading import EnvEntry, Reading

MOST_NAMED = 5


def values_differ(by_docker: Reading, by_compose: Reading, *, compose_rules: bool) -> str:
    """Return which values docker's and Compose's rules read differently; "" where none.

    A file that the other rules refuse has no other values; but of one that Compose refuses at
    some line, the user of docker's rules still wants to know of the others.
    """
    docker, compose = by_docker.values, by_compose.values
    if by_docker.problems and compose_rules:
        return ""
    # What is a name by one set of rules alone may be a line of a secret.
    names = docker.keys() & compose.keys()
    names = {name for name in names if docker.get(name) != compose.get(name)}
    if not names:
        return ""
    lines = {entry.key: entry.line for entry in (*by_compose.entries, *by_docker.entries)}
    ordered = sorted(names, key=lambda name: (lines[name], name))
    named = _cut([f"{name} (line {lines[name]})" for name in ordered])
    kept = _listed(list(_marks([docker[name] for name in ordered if name in docker])))
    if compose_rules:
        return f"read by Compose's rules; docker's would keep {kept} in {named}"
    return (
        f"docker's rules keep {kept} as part of the value; Compose would read {named} otherwise"
        " (--env-format compose)"
    )


def set_twice(entries: Sequence[EnvEntry], known: Container[str]) -> str:
    """Return which of the known names are set on several lines; "" where none.

    Known are those that Compose's rules find too: another may be a line of a secret.
    """
    setting = [entry for entry in entries if entry.value is not None and entry.key in known]
    if len({entry.key for entry in setting}) == len(setting):
        return ""
    lines: dict[str, list[int]] = {}
    for entry in setting:
        lines.setdefault(entry.key, []).append(entry.line)
    several = [
        f"{name} (lines {_cut(numbers)})" for name, numbers in lines.items() if len(numbers) > 1
    ]
    return f"set more than once, the last one counts: {_cut(several)}"


def _marks(values: Sequence[str]) -> Iterator[str]:
    """Yield what docker leaves in these values and Compose would not."""
    marks: Mapping[str, bool] = {
        "quotes": any(value.lstrip()[:1] in {"'", '"'} for value in values),
        '" #"': any(" #" in value for value in values),
        "$": any("$" in value for value in values),
        "blanks": any(value != value.strip() for value in values),
    }
    found = [mark for mark, there in marks.items() if there]
    yield from found or ["all characters"]


def _cut(names: Sequence[str] | Sequence[int]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(map(str, names[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
