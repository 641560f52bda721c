"""From what was said, in flags and in files, to the options of `dk clean`.

Four voices speak, each over those before it:

1. dk's defaults.
2. The user's config.toml, table `[clean]`; its keys are the long names of the flags.
3. The project's dk.toml, the same table. A checkout may come from a stranger, so it only ever
   narrows: what would let more go is left out, with a notice.
4. The flags. What the user says now is the user's own word, also where dk.toml is narrower.

`keep` and `label` are lists that narrow, so they add up over all voices. What docker's config.json
says in `pruneFilters` comes on top.

`--named-volumes` as a flag asks for the kind `volumes` too; in a file it only says which named ones
go once that kind is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.spec.clean_config.merge import Merge
from dk.spec.clean_config.voice import Voice
from dk.spec.clean_config.words import file_words, flag_words
from dk.spec.clean_options import DEFAULT_GRACE, CleanOptions, Resolved

if TYPE_CHECKING:
    from datetime import datetime

    from dk.spec.clean_config.places import ConfigFile
    from dk.spec.clean_options import PruneConfig, SaidFlags


def clean_options(
    said: SaidFlags,
    user: ConfigFile | None = None,
    project: ConfigFile | None = None,
    prune: PruneConfig | None = None,
    *,
    now: datetime,
) -> Resolved:
    """Return the options that all voices make together.

    `now` has a zone, in which dates without one are read. Raises UsageError for the first thing
    that can't be, with its flag, or its file and line.
    """
    merge = Merge(
        Voice.of(file_words(user), now),
        Voice.of(file_words(project), now),
        Voice.of(flag_words(said), now),
    )
    # The order is that of --show-config.
    kinds = merge.kinds()
    everything = merge.one("all", lambda voice: voice.all, default=False, rank=lambda it: not it)
    grace = merge.one("grace", lambda voice: voice.grace, DEFAULT_GRACE, lambda it: it)
    older_than = merge.age("older-than", lambda voice: voice.older_than, now)
    unused_for = merge.age("unused-for", lambda voice: voice.unused_for, now)
    keep_last = merge.one("keep-last", lambda voice: voice.keep_last, None, lambda it: it or 0)
    keep = merge.union("keep", lambda voice: voice.keep, lambda pattern: pattern.text)
    labels = merge.union("label", lambda voice: voice.label, lambda label: label.text)
    compose_project = merge.project()
    named_volumes = merge.named_volumes()
    pruned, until = merge.prune_filters(prune, now)
    options = CleanOptions(
        kinds=kinds,
        all=everything,
        grace=grace,
        older_than=older_than,
        unused_for=unused_for,
        created_before=until,
        keep_last=keep_last,
        keep=keep,
        labels=labels + pruned,
        project=compose_project,
        named_volumes=named_volumes,
        show_kept=said.show_kept,
    )
    return Resolved(options, tuple(merge.notices), tuple(merge.settings))
