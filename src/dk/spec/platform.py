"""Platforms: `--platform OS[/ARCHITECTURE[/VARIANT]]`."""

from __future__ import annotations

from dk.errors import UsageError

SYSTEMS = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9"
    " solaris windows zos".split()
)
ARCHITECTURES = frozenset(
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32"
    " mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)
ALIASES = {
    "i386": "386", "x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm",
    "armel": "arm", "macos": "darwin",
}  # fmt: skip
VARIANTS = {"armel": "v6", "armhf": "v7"}
"""What the names of two ARM systems say of the variant."""
EXAMPLE = "e.g. --platform linux/amd64"


def parse_platform(text: str) -> str:
    """Return a platform in its normal form, e.g. linux/arm/v7; "" means the engine's own.

    As containerd's `platforms.Parse` and `FormatAll`; a missing system is linux, a missing
    architecture this machine's.
    """
    import re

    if not text:
        return ""
    parts = text.lower().split("/")
    if len(parts) > 3 or not all(re.fullmatch(r"[a-z0-9_.-]+", part) for part in parts):
        raise UsageError("not of the form OS/ARCHITECTURE[/VARIANT]", fix=EXAMPLE)
    if len(parts) == 1:
        parts = _completed(parts[0])
    system, name, *variant = parts
    if name in VARIANTS and (variant or name == "armel"):
        variant = [VARIANTS[name]]
    architecture = ALIASES.get(name, name)
    if architecture in {"arm", "arm64"}:
        variant = [f"v{text}" if text.isdigit() else text for text in variant]
    if (architecture, variant) == ("amd64", ["v1"]):
        variant = []
    return "/".join([ALIASES.get(system, system), architecture, *variant])


def _completed(part: str) -> list[str]:
    name = ALIASES.get(part, part)
    if name in SYSTEMS:
        import platform

        machine = platform.machine().lower()
        return [name, ALIASES.get(machine, machine)]
    if name in ARCHITECTURES:
        return ["linux", part]
    raise UsageError(f"{part} is neither a system nor an architecture", fix=EXAMPLE)
