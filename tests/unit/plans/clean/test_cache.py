"""Which records of the build cache go: those that nothing uses."""

from tests.unit.plans.clean.scene import clean, kept, page, record, removed, shown, waits


def test_cache_that_nothing_uses_goes() -> None:
    plan = clean(
        record("step1", used="3d"), record("src", kind="source.local", made="4d"),
        record("busy", in_use=True), record("layer", shared=True),
    )  # fmt: skip
    assert shown(plan) == page("""
        cache records (2)
          NAME       AGE     SIZE   UNDO   WHY
          step1   3 days   1.0 MB   no     regular, last used 3 days ago
          src     4 days   1.0 MB   no     source.local, never used again
        keep 1 cache record: in use
        keep 1 cache record: shared with an image, frees nothing (-a takes it)
        to remove: 2 cache records; frees 2.0 MB exactly
        """)
    assert plan.question == "Remove 2? 2 can't be undone."


def test_a_takes_what_is_shared_but_never_what_is_in_use() -> None:
    plan = clean(record("busy", in_use=True), record("layer", shared=True), everything=True)
    assert removed(plan) == ["layer"]


def test_what_cache_that_stays_builds_on_stays() -> None:
    plan = clean(
        record("base"), record("middle", parents="base"),
        record("top", parents="middle", in_use=True), record("other", parents="base"),
    )  # fmt: skip
    assert removed(plan) == ["other"]
    assert kept(plan) == {
        "base": "cache that stays builds on it",
        "middle": "cache that stays builds on it",
        "top": "in use",
    }


def test_what_builds_on_other_cache_goes_before_it() -> None:
    plan = clean(
        record("left"), record("right"), record("both", parents="left right"),
        record("top", parents="both"),
    )  # fmt: skip
    assert removed(plan) == ["top", "both", "left", "right"]
    assert waits(plan) == {"both": ["top"], "left": ["both"], "right": ["both"]}


def test_cache_that_was_used_just_now_stays_and_what_it_builds_on() -> None:
    plan = clean(record("base", used="3d"), record("top", parents="base", used="1m"))
    assert removed(plan) == []


def test_a_parent_that_is_not_there_any_more_holds_nothing_up() -> None:
    assert removed(clean(record("top", parents="gone"))) == ["top"]


def test_records_that_build_on_each_other_in_a_circle_stay() -> None:
    assert removed(clean(record("a", parents="b"), record("b", parents="a"))) == []


def test_its_last_use_counts_for_unused_for() -> None:
    plan = clean(record("old", used="40d"), record("new", used="3d"), unused_for="30d")
    assert removed(plan) == ["old"]
    assert kept(plan) == {"new": "used within 30d (--unused-for)"}
