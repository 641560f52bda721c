"""Random states of an engine, and random wishes: whatever may be there, in any combination.

A state is made from one drawn number. To let hypothesis draw every label and every date costs ten
times as long; it draws how many things of each kind there are, so that it can still make a failure
small.
"""

from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from dk.model import CacheRecord, Container, ContainerEnd, Image, Network, Volume
from dk.plans.clean.state import CleanState
from dk.spec.clean_options import KINDS, Age, CleanOptions, KeepPattern, LabelFilter
from tests.unit.plans.clean.scene import NOW, date

STOPPED = {"created", "exited", "dead"}
SERVICE = "com.docker.compose.service"
ONE_OFF = "com.docker.compose.oneoff"
PROJECT = "com.docker.compose.project"
ANONYMOUS = "com.docker.volume.anonymous"

HEX = "f" * 64
MOST = 8
"""Of each kind."""

# Much is likely to be old, unlabelled and unused: else nothing would ever go.
STATES = ("exited", "exited", "created", "dead", "running", "paused", "restarting", "removing")
UNSURE = [date(text) for text in ("1970", "", "in 1h")]
PAST = [date(text) or NOW for text in ("40d", "40d", "40d", "40d", "20d", "8d", "3d", "9m", "9m")]
MOMENTS = [*PAST, *UNSURE]
LABELS: list[dict[str, str]] = [
    *[{}] * 8,
    {"dk.keep": "true"},
    {"dk.keep": "false"},
    {"team": "core"},
    {"team": "web"},
    {PROJECT: "shop"},
    {PROJECT: "shop", SERVICE: "db"},
    {PROJECT: "shop", SERVICE: "db", ONE_OFF: "True"},
    {"app": "k3d"},
    {"com.docker.compose.network": "default"},
    {"dk.made-by": "dk run", "team": "core"},
    {ANONYMOUS: ""},
    {ANONYMOUS: ""},
]
NETWORKS = ("net-0", "net-1", "net-2", "net-3", "kind", "bridge", "none", "ingress")
VOLUMES = (HEX, "e" * 64, "d" * 64, "data", "cache", "vscode")
TAGS = ("app:1", "app:2", "app:3", "db:1", "ghcr.io/team/app:1", "db:2", "app:4", "web:1")


@st.composite
def states(draw: st.DrawFn) -> CleanState:
    """Everything that an engine may hold, of all kinds at once."""
    random = Random(draw(st.integers(0, 2**32)))
    count = st.integers(0, MOST)
    images = _images(random)[: draw(count)]
    names = [*TAGS, "net-1", "id-net-2", "cache", HEX, *(image.id for image in images)]
    return CleanState(
        now=NOW,
        api_version=random.choice([(1, 51), (1, 41)]),
        containers=_containers(random, images)[: draw(count)],
        images=images,
        networks=_networks(random)[: draw(count)],
        volumes=_volumes(random)[: draw(count)],
        cache=_cache(random)[: draw(count)],
        uses={random.choice(names): random.choice(PAST) for _ in range(random.randrange(9))},
    )


_AGES = st.sampled_from(
    [
        *[None] * 6,
        Age("7d", timedelta(days=7)),
        Age("2026-11-10", moment=NOW - timedelta(days=14)),
        Age("30d", timedelta(days=30)),
    ]
)
_KEEP = ("db*", "app", "label:team=c*", "docker.io/library/app:1", "r-1", "net-?")
_SCOPES = (
    LabelFilter("team"),
    LabelFilter("team", "core"),
    LabelFilter("team", "core", negated=True),
    LabelFilter("team", negated=True),
)

OPTIONS = st.builds(
    CleanOptions,
    kinds=st.just(KINDS) | st.sets(st.sampled_from(KINDS), min_size=1).map(tuple),
    all=st.booleans(),
    grace=st.sampled_from([timedelta(minutes=10), timedelta(minutes=10), timedelta()]),
    older_than=_AGES,
    unused_for=_AGES,
    created_before=_AGES,
    keep_last=st.sampled_from([None, None, 1, 2]),
    keep=st.sampled_from([(), (), (), *((KeepPattern(text),) for text in _KEEP)]),
    labels=st.sampled_from([*[()] * 8, *((each,) for each in _SCOPES)]),
    project=st.sampled_from([None, None, None, None, "shop"]),
    named_volumes=st.sampled_from([(), ("data",), ("*a*",)]),
)
"""What may be asked for; most of what narrows it is left out most of the time."""


def _rarely(random: Random, chance: float) -> bool:
    return random.random() < chance


def _some(random: Random, names: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(random.sample(names, random.randrange(most + 1)))


def _images(random: Random) -> tuple[Image, ...]:
    """Images with untagged parents, several tags, digests, and layers on one another."""
    found: list[Image] = []
    free = random.sample(TAGS, len(TAGS))
    for number in range(MOST):
        below = random.choice(found) if found and random.random() < 0.7 else None
        own = () if below and _rarely(random, 0.3) else (f"layer-{number}",)
        repository = random.choice(["", "", "", "app", "db"])
        parent = below.id if below and random.random() < 0.6 else ""
        tags = [free.pop() for _ in range(min(len(free), random.choice([0, 0, 1, 1, 2])))]
        found.append(
            Image(
                id=f"sha256:{number:064}",
                tags=tuple(tags),
                digests=(f"{repository}@sha256:{number:064}",) * bool(repository),
                size=number,
                created=random.choice(MOMENTS),
                last_tagged=random.choice([None, random.choice(MOMENTS)]),
                labels=random.choice(LABELS),
                parent=parent,
                layers=(below.layers if below else ()) + own,
            )
        )
    random.shuffle(found)
    return tuple(found)


def _containers(random: Random, images: tuple[Image, ...]) -> tuple[Container, ...]:
    """Containers in every state, of images, networks and volumes that may be there."""
    found = []
    for number in range(MOST):
        image = random.choice(images) if images and random.random() < 0.8 else None
        state = random.choice(STATES)
        policy = random.choice(["no", "no", "no", "on-failure", "always", "unless-stopped"])
        end = ContainerEnd(random.choice(MOMENTS), random.choice(MOMENTS), 0, policy)
        found.append(
            Container(
                id=f"c-{number}",
                name=f"{random.choice(['job', 'db'])}-{number}",
                image=random.choice([image.name if image else "gone", random.choice(TAGS)]),
                image_id=image.id if image else "sha256:gone",
                state=state,
                status="",
                created=random.choice(PAST),
                networks=_some(random, NETWORKS, 1),
                network_mode=random.choice(["default", "host", "net-2", "id-net-3", "id-net-0"]),
                volumes=_some(random, VOLUMES, 1),
                labels=random.choice(LABELS),
                end=None if _rarely(random, 0.1) else end,
            )
        )
    return tuple(found)


def _networks(random: Random) -> tuple[Network, ...]:
    return tuple(
        Network(
            id=f"id-{name}",
            name=name,
            driver="bridge",
            created=random.choice(MOMENTS),
            scope=random.choice(["local", "local", "local", "local", "swarm", "global"]),
            ingress=name == "ingress",
            config_from=random.choice(["", "", "", "", "net-0", "net-1"]),
            labels=random.choice(LABELS),
        )
        for name in random.sample(NETWORKS, len(NETWORKS))
    )


def _volumes(random: Random) -> tuple[Volume, ...]:
    return tuple(
        Volume(
            name=name,
            driver=random.choice(["local", "local", "nfs"]),
            created=random.choice(MOMENTS),
            labels=random.choice(LABELS),
        )
        for name in random.sample(VOLUMES, len(VOLUMES))
    )


def _cache(random: Random) -> tuple[CacheRecord, ...]:
    """Records that build on earlier ones."""
    found: list[CacheRecord] = []
    for number in range(MOST):
        earlier = ("gone", *(record.id for record in found))
        found.append(
            CacheRecord(
                id=f"r-{number}",
                kind="regular",
                created=random.choice(MOMENTS),
                last_used=random.choice(MOMENTS),
                in_use=_rarely(random, 0.15),
                shared=_rarely(random, 0.15),
                parents=_some(random, earlier, min(len(earlier), 2)),
            )
        )
    random.shuffle(found)
    return tuple(found)
