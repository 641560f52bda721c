"""The rules that hold for every kind: what is kept, what is in scope, what is old enough."""

import pytest

from dk.plans.clean.state import CleanState
from dk.spec.clean_options import CleanOptions, KeepPattern, LabelFilter
from tests.unit.plans.clean.scene import (
    KIND_OF,
    NOW,
    Thing,
    anonymous,
    clean,
    container,
    image,
    kept,
    network,
    page,
    plan_of,
    record,
    removed,
    running,
    shown,
    untagged,
    volume,
    waits,
)

CORE = {"team": "core"}


def test_the_whole_plan_of_an_ordinary_day() -> None:
    plan = clean(
        running("web", image="shop:2", networks="shop_default"),
        container("job", exited="3d", code=137, image="shop:1"),
        image("shop:2"),
        image("shop:1"),
        untagged("c0ffee"),
        network("shop_default", project="shop"),
        network("old_default", project="old"),
        record("step", used="2d"),
        record("source", kind="source.local", in_use=True),
        kinds="containers images networks cache",
    )
    assert shown(plan) == page("""
        containers (1)
          NAME                 AGE     SIZE   UNDO          WHY
          job               3 days            config only   exited 3 days ago, code 137
        networks (1)
          old_default    10 months            full          unused, of project old
        images (1)
          c0ffee000000   10 months   1.0 MB   no            dangling (no tag)
        cache records (1)
          step              2 days   1.0 MB   no            regular, last used 2 days ago
        keep 1 container: running
        keep 1 network: in use
        keep 1 image: has a tag (-a takes it)
        keep 1 image: in use
        keep 1 cache record: in use
        to remove: 1 container, 1 network, 1 image, 1 cache record; frees 2.0 MB exactly
        """)
    assert plan.question == "Remove 4? 2 can't be undone."


def test_show_kept_names_each_thing_that_stays() -> None:
    plan = clean(running("web", image="shop:2"), image("shop:2"), network("mine"), show_kept=True)
    assert shown(plan) == page("""
        keep container web: running
        keep network mine: made by hand (-a takes it)
        keep image shop:2: in use by web
        nothing to remove
        """)


def test_kinds_that_were_not_asked_for_are_not_touched() -> None:
    things: list[Thing] = [
        container("job", exited="3d"), untagged("c0ffee"), network("x", project="x"),
        anonymous("a"), record("r"),
    ]  # fmt: skip
    for thing in things:
        kind = KIND_OF[type(thing)]
        only = clean(*things, kinds=kind)
        assert [operation.target.kind for operation in only.operations] == [kind.rstrip("s")]
        assert not only.kept


@pytest.mark.parametrize(
    "thing",
    [
        container("job", exited="3d", labels={"dk.keep": "true"}),
        untagged("c0ffee", labels={"dk.keep": "true"}),
        network("shop_default", project="shop", labels={"dk.keep": "true"}),
        anonymous("a", labels={"dk.keep": "true"}),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_the_label_dk_keep_keeps_anything(thing: Thing) -> None:
    plan = clean(thing, everything=True, grace="0", named_volumes="*")
    assert list(kept(plan).values()) == ["labelled dk.keep=true"]


def test_only_the_value_true_keeps() -> None:
    job = container("job", exited="3d", labels={"dk.keep": "false"})
    assert removed(clean(job)) == ["job"]


@pytest.mark.parametrize(
    "thing",
    [
        container("db-1", exited="3d"),
        image("db:1"),
        network("db_default", project="db"),
        volume("db-data"),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_keep_takes_a_glob_over_names(thing: Thing) -> None:
    plan = clean(thing, keep="db*", everything=True, named_volumes="*")
    assert list(kept(plan).values()) == ["keep db*"]
    assert removed(clean(thing, keep="b*", everything=True, named_volumes="*"))


def test_keep_takes_cache_by_its_id_its_description_or_its_kind() -> None:
    assert removed(clean(record("abc"), keep="ab?")) == []
    assert removed(clean(record("abc", kind="exec.cachemount"), keep="exec.*")) == []


@pytest.mark.parametrize(
    "pattern",
    ["app", "app:1", "library/app", "docker.io/library/app:1", "docker.io/app", "a*:1"],
)
def test_keep_knows_an_image_by_each_of_its_names(pattern: str) -> None:
    assert kept(clean(image("app:1"), keep=pattern, everything=True)) == {
        "app:1": f"keep {pattern}"
    }


def test_keep_knows_an_image_by_each_of_its_tags_its_digest_and_its_id() -> None:
    app = untagged("c0ffee", tags=("app:1", "ghcr.io/team/app:1"), pulled_from="mirror/app")
    for pattern in ("ghcr.io/team/app", "mirror/app", "mirror/app@sha256:c0ffee*", "sha256:c0f*"):
        assert removed(clean(app, keep=pattern, everything=True)) == [], pattern
    assert removed(clean(app, keep="team/app", everything=True)) == ["app:1"]


def test_keep_takes_labels() -> None:
    job = container("job", exited="3d", labels=CORE)
    assert kept(clean(job, keep="label:team")) == {"job": "keep label:team"}
    assert kept(clean(job, keep="label:team=c*")) == {"job": "keep label:team=c*"}
    assert removed(clean(job, keep="label:team=web label:tea")) == ["job"]


def test_a_pattern_that_matches_nothing_is_told() -> None:
    plan = clean(container("job", exited="3d"), keep="job jbo label:team")
    assert plan.notices == (
        "keep jbo (--keep): nothing here has that name or label",
        "keep label:team (--keep): nothing here has that name or label",
    )


def test_a_pattern_that_matches_what_stays_anyway_is_not_told() -> None:
    assert clean(running("web"), keep="web").notices == ()
    job = container("job", exited="3d", labels={"dk.keep": "true"})
    assert clean(job, keep="job").notices == ()


def test_a_pattern_from_a_file_says_where_it_stands() -> None:
    job = container("job", exited="3d")
    pattern = KeepPattern("job", "dk.toml:3")
    options = CleanOptions(kinds=("containers",), keep=(pattern,))
    plan = plan_of(CleanState(now=NOW, containers=(job,)), options)
    assert kept(plan) == {"job": "keep job in dk.toml:3"}


def test_label_takes_only_what_has_it() -> None:
    plan = clean(
        container("mine", exited="3d", labels=CORE), container("other", exited="3d"),
        record("cache"), label="team=core",
    )  # fmt: skip
    assert removed(plan) == ["mine"]
    assert kept(plan) == {
        "other": "not labelled team=core",
        "cache": "not labelled team=core",
    }


def test_each_label_must_be_there() -> None:
    job = container("job", exited="3d", labels=CORE)
    assert removed(clean(job, label="team team=core")) == ["job"]
    assert kept(clean(job, label="team stage=test")) == {"job": "not labelled stage=test"}
    assert kept(clean(job, label="team=")) == {"job": "not labelled team="}


def test_dockers_own_prune_filters_apply() -> None:
    jobs = container("mine", exited="3d", labels=CORE), container("other", exited="3d")
    without_team = LabelFilter("team", None, negated=True, source="config.json")
    options = CleanOptions(kinds=("containers",), labels=(without_team,))
    plan = plan_of(CleanState(now=NOW, containers=jobs), options)
    assert removed(plan) == ["other"]
    assert kept(plan) == {"mine": "labelled team (pruneFilters of config.json)"}


def test_project_takes_only_what_is_of_it() -> None:
    labels = {
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "test",
        "com.docker.compose.oneoff": "True",
    }
    plan = clean(
        container("shop-test-run-1", exited="3d", labels=labels), container("job", exited="3d"),
        network("shop_default", project="shop"), network("shop2_default", project="shop2"),
        record("cache"),
        project="shop",
    )  # fmt: skip
    assert removed(plan) == ["shop-test-run-1", "shop_default"]
    assert set(kept(plan).values()) == {"not of the project shop"}


@pytest.mark.parametrize("age", ["7d", "2026-11-17T12:00Z", "168h"])
def test_older_than_takes_what_is_at_least_so_old(age: str) -> None:
    plan = clean(
        container("old", exited="8d"), container("new", exited="6d"),
        container("made-long-ago", exited="6d", created="90d"),
        older_than=age,
    )  # fmt: skip
    assert removed(plan) == ["old"]
    assert kept(plan)["new"] == f"younger than {age} (--older-than)"


def test_older_than_takes_a_date() -> None:
    plan = clean(
        image("app:1", made="2026-01-30"), image("app:2", made="2026-02-01"),
        image("app:3", made="2026-01-30", tagged="2026-02-01"),
        everything=True, older_than="2026-01-31",
    )  # fmt: skip
    assert removed(plan) == ["app:1"]


@pytest.mark.parametrize("unknown", ["", "1970", "1980-01-01"])
def test_what_has_no_date_that_can_be_true_stays(unknown: str) -> None:
    app = image("app:1", made=unknown)
    assert kept(clean(app, everything=True, older_than="7d")) == {
        "app:1": "of unknown age (--older-than)"
    }
    assert kept(clean(app, everything=True, unused_for="7d")) == {
        "app:1": "of unknown use (--unused-for)"
    }
    assert kept(clean(app, everything=True, until="7d")) == {"app:1": "of unknown age (until)"}


def test_without_a_rule_of_age_it_goes_and_its_age_is_a_question_mark() -> None:
    assert shown(clean(image("app:1", made="1970"), everything=True)) == page("""
        images (1)
          NAME    AGE     SIZE   UNDO   WHY
          app:1     ?   1.0 MB   no     no container uses it
        to remove: 1 image; frees 1.0 MB exactly
        """)


def test_what_comes_from_the_future_stays() -> None:
    app = image("app:1", made="in 3d")
    assert kept(clean(app, everything=True)) == {"app:1": "younger than 10m (--grace)"}
    assert kept(clean(app, everything=True, grace="0", older_than="0"))


def test_dockers_until_says_so() -> None:
    assert kept(clean(container("job", exited="3d"), until="7d")) == {
        "job": "younger than 7d (until)"
    }


def test_grace_says_how_long_it_is() -> None:
    assert kept(clean(container("job", exited="30m"), grace="1h")) == {
        "job": "younger than 1h (--grace)"
    }


def test_unused_for_says_since_when_no_use_is_known() -> None:
    plan = clean(
        image("app:1", made="2026-01-10"),
        image("app:2", made="2026-01-10"),
        everything=True, unused_for="30d", uses={"app:1": "2026-09-01", "app:2": "3d"},
    )  # fmt: skip
    assert removed(plan) == ["app:1"]
    assert plan.operations[0].cause == "no container uses it, no known use since 2026-09-01"
    assert kept(plan) == {"app:2": "used within 30d (--unused-for)"}


@pytest.mark.parametrize("thing", [image("app:1"), network("app:1")], ids=["image", "network"])
def test_a_container_that_goes_too_is_a_known_use(thing: Thing) -> None:
    job = container("job", exited="40d", image="app:1", networks="app:1")
    plan = clean(job, thing, everything=True, unused_for="30d")
    assert removed(plan) == ["job", "app:1"]
    assert [operation.cause.partition(", no ")[2] for operation in plan.operations] == [
        "known use since 2026-10-15",
        "known use since 2026-10-15",
    ]


def test_the_removals_are_in_the_order_of_what_holds_what() -> None:
    plan = clean(
        record("cache"), untagged("c0ffee"), anonymous("a"), network("x", project="x"),
        container("job", exited="3d", image="c0ffee", networks="x"),
    )  # fmt: skip
    assert [operation.target.kind for operation in plan.operations] == [
        "container", "network", "volume", "image", "cache",
    ]  # fmt: skip
    assert waits(plan) == {"x": ["job"], "c0ffee000000": ["job"]}


def test_the_question_says_how_many_are_lost() -> None:
    def asked(*things: Thing) -> str:
        return clean(*things).question

    networks = [network(f"n{number}", project="x") for number in range(9)]
    records = [record(f"r{number}") for number in range(5)]
    assert asked(*networks, *records) == "Remove 14? 5 can't be undone."
    assert asked(*networks) == "Remove 9?"
