"""The table of `docker run` lines that dk must read as docker does, generated from its options."""

import random
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from dk.spec.run_options import RUN_OPTIONS, RunOption

ENVIRON = {"SET": "from the host", "EMPTY": "", "UNI": "grüße 🐳"}
"""What both sides have in their environment, besides what they need themselves."""

FILES = {
    "app.env": '# the app\nMODE=prod\n\n  INDENTED=1\nQUOTED="as it is"\nSPACES= a b  \n'
    "HASH=a #b\n",
    "more.env": "MODE=test\nTWICE=1\nTWICE=2\nSET\nUNSET\nEMPTY\nDOLLAR=$SET\n"
    "EQUALS=a=b=c\nNONE=\n",
    "crlf.env": "A=1\r\nB=2\r\n",
    "bom.env": "\ufeffA=1\n",
    "empty.env": "",
}
"""What is in the working folder of both sides, beside a folder `data`."""


@dataclass(frozen=True)
class Case:
    """The words behind `run`."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.words)

    @property
    def since(self) -> int:
        """The first version of docker's CLI that takes it so."""
        if any("..:" in word for word in self.words):
            return 28  # before, the parent folder was sent with its dots
        if any(RELATIVE_BIND.search(word) for word in self.words):
            return 23  # before, the engine got the relative path and refused it
        return 28 if any(word.startswith("::") for word in self.words) else 0


VALUES: dict[str, tuple[str, ...]] = {
    "name": ("web-1", "Web_1.x", "/slashed", ""),
    "env": (
        "KEY=VALUE", "KEY=", "KEY=a=b", "KEY= spaced ", "KEY='quoted'", "KEY=$SET",
        "KEY=two\nlines", "ÜNI=☃ 🐳", "A B=1", "with.dot=1", "with-dash=1", "SET", "EMPTY",
        "UNI", "UNSET", "SET=own", "-KEY=1", 'JSON={"a": ["b", 1]}',
    ),
    "env_files": ("app.env", "more.env", "crlf.env", "bom.env", "empty.env", "./app.env"),
    "ports": (
        "80", "80/tcp", "53/udp", "53/UDP", "132/sctp", "8080:80", "8053:53/udp", "0:80", ":80",
        "080:80", "80-82", "8000-8002:80-82", "8000-8002:80-82/udp", "8000-8010:80", "8000-8000:80",
        "127.0.0.1:8080:80", "127.0.0.1::80", "0.0.0.0:8080:80", "127.0.0.1:8000-8001:80-81",
        "[::1]:8080:80", "[::1]::80", "[::]:8080:80", "[2001:db8::1]:53:53/udp", "::1:8080:80",
        "::1::80",
        "published=8080,target=80", "target=80", "published=8053,target=53,protocol=udp",
    ),
    "network": ("bridge", "host", "none", "default", "container:db", "web", "my_net.1"),
    "network_aliases": ("db", "db.internal"),
    "hostname": ("box", "box.example.org", ""),
    "mounts": (
        "/data", "/data/", "data:/data", "my_vol.1:/data", "data:/data:ro", "data:/data:rw",
        "data:/data:nocopy", "data:/data:ro,nocopy", "/srv:/srv", "/srv/:/srv/", "/srv:/srv:ro",
        "/srv:/srv:ro,z", "/srv:/srv:rshared", "/srv:/srv:Z,rslave,ro", "/srv:/srv:cached",
        "./data:/data", "./data/../data:/data:ro", ".:/here", "..:/above", "./.:/here",
        "/with space:/with space",
    ),
    "workdir": ("/app", "/app/../x", "/", ""),
    "entrypoint": ("sh", "/bin/echo", "with space", "-x", ""),
    "user": ("1000", "1000:1000", "nobody", "nobody:nogroup", ":1000", ""),
    "restart": ("no", "always", "unless-stopped", "on-failure", "on-failure:5", "on-failure:0", ""),
    "memory": (
        "64m", "64M", "64MB", "64mb", "64MiB", "64 m", "1g", "1.5g", "6291456", "6291456b", "8192k",
        "0",
    ),
    "labels": (
        "tier=web", "tier", "tier=", "a.b/c=d", "note=two words", "eq=a=b", "ü=☃", "l=two\nlines",
    ),
    "pull": ("missing", "always", "never", ""),
}  # fmt: skip
"""Values of each option that takes one, by its field."""

RELATIVE_BIND = re.compile(r"(?:^|=|-v)\.\.?(?:/[^:]*)?:/")

NEEDS = {"network_aliases": ("--network", "web")}
"""What an option can't do without."""

NOT_TOGETHER = ({"remove", "restart"}, {"network", "network_aliases"})

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

WRITTEN: tuple[tuple[str, ...], ...] = (
    # options said together
    ("-it", "busybox"),
    ("-ti", "busybox"),
    ("-itm", "64m", "busybox"),
    ("-itm64m", "busybox"),
    ("-itm=64m", "busybox"),
    ("-dit", "busybox"),
    ("-dp", "8080:80", "busybox"),
    ("-dp8080:80", "busybox"),
    ("-dp=8080:80", "busybox"),
    ("-it=false", "busybox"),
    ("-di=false", "busybox"),
    ("-ite", "A=1", "busybox"),
    ("-deA=1", "busybox"),
    ("-id", "busybox"),
    ("-td", "busybox"),
    ("-i", "-d=false", "busybox"),
    # options said twice
    ("-d", "-d=false", "busybox"),
    ("--rm", "--rm=false", "busybox"),
    ("--init=false", "--init", "busybox"),
    ("--name", "one", "--name", "two", "busybox"),
    ("-w", "/a", "-w", "/b", "busybox"),
    ("-m", "64m", "--memory=32m", "busybox"),
    ("-u", "1", "-u", "", "busybox"),
    ("--restart", "always", "--restart", "no", "--rm", "busybox"),
    ("--entrypoint", "a", "--entrypoint", "", "busybox"),
    ("-e", "A=1", "-e", "B=2", "-e", "A=3", "busybox"),
    ("-e", "SET=1", "-e", "SET", "busybox"),
    ("-e", "UNSET=1", "-e", "UNSET", "busybox"),
    ("-e", "UNSET", "-e", "UNSET=1", "busybox"),
    ("--env-file", "app.env", "--env-file", "more.env", "busybox"),
    ("--env-file", "more.env", "--env-file=app.env", "-e", "MODE=own", "busybox"),
    ("-e", "MODE=own", "--env-file", "app.env", "busybox"),
    ("-e", "MODE", "--env-file", "app.env", "busybox"),
    ("--env-file", "app.env", "--env-file", "app.env", "busybox"),
    ("-l", "a=1", "-l", "a", "-l", "b=2", "busybox"),
    ("-p", "80:80", "-p", "81:80", "-p", "53:53/udp", "-p", "53:53", "busybox"),
    ("-p", "80", "-p", "80", "busybox"),
    ("-v", "/a", "-v", "/a", "-v", "/b", "busybox"),
    ("-v", "data:/a", "-v", "data:/a", "busybox"),
    ("-v", "data:/a", "-v", "/srv:/b:ro", "-v", "/c", "-v", "./data:/d", "busybox"),
    ("--network", "web", "--network-alias", "a", "--net-alias", "b", "busybox"),
    ("--net=web", "--net-alias=a", "--network-alias=a", "busybox"),
    # where options end
    ("busybox",),
    ("--", "busybox"),
    ("-d", "--", "busybox"),
    ("-d", "--", "busybox", "--", "ls"),
    ("busybox", "--", "ls"),
    ("busybox", "-d", "--rm", "-p", "80:80", "--name", "x"),
    ("busybox", "--help"),
    ("busybox", "--json", "-q", "--dry-run", "--explain"),
    ("busybox", "-e", ".env", "--env", "x"),
    ("busybox", "sh", "-c", "echo $SET 'quoted' \"twice\" | cat; exit 3"),
    ("busybox", ""),
    ("busybox", "", "a", ""),
    ("busybox", "two\nlines", "☃", "a b", "*", "~", "\\"),
    ("--entrypoint", "", "busybox", "ls", "-l"),
    ("--entrypoint", "sh", "busybox", "-c", "ls"),
    # values that look like options
    ("-e", "--rm", "busybox"),
    ("--label", "-d", "busybox"),
    ("--entrypoint", "--", "busybox"),
    ("-h", "-h", "busybox"),
    ("-l=a=b", "-e=x==", "busybox"),
    # images
    ("busybox:1.36", "ls"),
    ("docker.io/library/busybox:latest",),
    ("localhost:5000/team/app",),
    ("registry.example.org/app@sha256:" + "ab" * 32,),
    ("app:1@sha256:" + "ab" * 32,),
    ("sha256:" + "cd" * 32,),
    ("cd" * 32,),
    ("cafe",),
)  # fmt: skip


def _written(option: RunOption, value: str) -> Iterator[tuple[str, ...]]:
    """Yield every way to write a value, as pflag reads them."""
    for flag in option.flags:
        yield (flag, value)
        if len(flag) > 2 or value:  # `-w=` is the value "="
            yield (f"{flag}={value}",)
        if len(flag) == 2 and value:
            yield (f"{flag}{value}",)


def _switch(option: RunOption) -> Iterator[tuple[str, ...]]:
    for flag in option.flags:
        yield (flag,)
        yield from ((f"{flag}={value}",) for value in (TRUE[4], FALSE[4]))


def _alone() -> Iterator[tuple[str, ...]]:
    """Yield each option by itself: each of its values, and its first value in each writing."""
    for option in RUN_OPTIONS:
        if option.kind == "switch":
            yield from _switch(option)
            continue
        needs = NEEDS.get(option.field, ())
        first, *others = VALUES[option.field]
        yield from ((*needs, *words) for words in _written(option, first))
        yield from ((*needs, option.flags[0], value) for value in others)


def _mixed(count: int) -> Iterator[tuple[str, ...]]:
    """Yield lines of several options each, the same ones on every run."""
    chance = random.Random(2)
    for _ in range(count):
        options = chance.sample(RUN_OPTIONS, chance.randint(3, 8))
        fields = {option.field for option in options}
        words: list[str] = []
        for option in options:
            if any(option.field == max(pair) and pair <= fields for pair in NOT_TOGETHER):
                continue
            if option.kind == "switch":
                words += chance.choice(list(_switch(option)))
            else:
                words += NEEDS.get(option.field, ())
                value = chance.choice(VALUES[option.field])
                words += chance.choice(list(_written(option, value)))
        yield tuple(words)


CASES = (
    *(Case((*words, "busybox", "ls")) for words in _alone()),
    *(Case((f"--init={value}", "busybox")) for value in (*TRUE, *FALSE)),
    *(Case((*words, "busybox", "ls", "-l")) for words in _mixed(50)),
    *(Case(words) for words in WRITTEN),
)
