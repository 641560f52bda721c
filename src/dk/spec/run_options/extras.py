"""What docker's command lacks: options of dk's own."""

from __future__ import annotations

from dk.spec.run_options.option import imported, panel, switch, text

OPTIONS = panel(
    "Only in dk",
    text(
        "--env-format",
        "FORMAT",
        "Read all env files by these rules: compose, docker or dotenv.",
        docker=False,
        completes="choice:compose,docker,dotenv",
    ),
    switch("--local", "Open ports on this machine only (127.0.0.1).", docker=False),
    switch("--mkdir", "Make a folder that -v names and that is missing, as you.", docker=False),
    switch(
        "--replace",
        "Take the place of the container of that --name; it comes back if the new one fails.",
        docker=False,
    ),
    text(
        "--wait",
        "STATE",
        "With -d: wait until it is running (and still is a second later), healthy, or until its"
        " exit, whose code dk then ends with.",
        read=imported("wait", "parse_state"),
        docker=False,
        completes="choice:running,healthy,exit",
    ),
    text(
        "--wait-port",
        "[PORT]",
        "With -d: wait until this port of the container answers; without PORT, its first open one.",
        kind="optional",
        read=imported("wait", "parse_wait_port"),
        docker=False,
    ),
    text(
        "--timeout",
        "DURATION",
        "Wait no longer, then end with 124 (60s where not said; for an exit no limit).",
        read=imported("wait", "parse_timeout"),
        docker=False,
    ),
)
