"""What docker's config.json says in `pruneFilters`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import UsageError
from dk.spec.age import parse_until
from dk.spec.clean_config.places import errors_at
from dk.spec.clean_options import parse_label_filter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dk.spec.clean_options import Age, LabelFilter, PruneConfig


def prune_filters(
    prune: PruneConfig, own: Iterable[LabelFilter], now: datetime
) -> tuple[tuple[LabelFilter, ...], Age | None]:
    """Return the label filters and the `until` of docker's `pruneFilters`.

    As docker/cli `PruneFilters`: a label filter that says the contrary of one of the user's `own`,
    or of one before it, is left out. What docker sends on and the engine refuses, another filter or
    a second `until`, is a UsageError, and so is an entry that docker skips for want of a `=`.
    """
    labels: list[LabelFilter] = []
    said: set[tuple[str, str | None, bool]] = {(each.key, each.value, each.negated) for each in own}
    until: Age | None = None
    for entry in prune.entries:
        key, equals, value = entry.partition("=")
        with errors_at(f"{prune.file}: pruneFilters: {entry}"):
            if equals and key in {"label", "label!"}:
                wish = parse_label_filter(value, prune.file, negated=key == "label!")
                terms = (wish.key, wish.value, wish.negated)
                contrary = (wish.key, wish.value, not wish.negated)
                if not {terms, contrary} & said:
                    said.add(terms)
                    labels.append(wish)
            elif equals and key == "until":
                if until is not None and until.text != value:
                    raise UsageError("there is another until", fix="leave one of them")
                until = parse_until(value, now)
            else:
                raise UsageError(
                    "no filter that dk knows",
                    "there can be label=…, label!=… and until=…",
                    "correct it or take it out",
                )
    return tuple(labels), until
