"""Options about the process: what is started, how it is stopped, watched and restarted."""

from __future__ import annotations

from dk.errors import UsageError
from dk.spec.run_options.option import imported, pair, panel, render, several, switch, text

STREAMS = ("stdin", "stdout", "stderr")


def parse_stream(said: str) -> str:
    """Return stdin, stdout or stderr, in any case."""
    if said.lower() not in STREAMS:
        raise UsageError("no such stream", fix="stdin, stdout or stderr")
    return said.lower()


def parse_count(said: str) -> int:
    """Return a number that is not negative."""
    from dk.spec.quantity import parse_integer

    return parse_integer(said, lowest=0)


def detach_keys(said: str) -> str:
    """Return the keys as they were written, if they are keys."""
    from dk.spec.detach_keys import parse_detach_keys

    parse_detach_keys(said)
    return said


duration = imported("quantity", "parse_duration")
write_duration = imported("quantity", "write_duration")

OPTIONS = panel(
    "Process",
    text(
        "--entrypoint",
        "PROGRAM",
        "Start this instead of the image's entry point.",
        api="Entrypoint",
        to_api=lambda program: [program],
    ),
    text("--user -u", "USER[:GROUP]", "Run as this user.", api="User"),
    several(
        "--group-add", "GROUP", "A group that the user is in besides.", api="HostConfig.GroupAdd"
    ),
    switch("--init", "Run a small init as PID 1 that passes signals on.", api="HostConfig.Init"),
    text(
        "--restart",
        "POLICY",
        "no, always, unless-stopped or on-failure[:TIMES].",
        read=imported("restart", "parse_restart"),
        write=render,
        api="HostConfig.RestartPolicy",
        to_api=lambda policy: {
            "Name": policy.name,
            "MaximumRetryCount": policy.maximum_retry_count,
        },
        completes="choice:no,always,unless-stopped,on-failure,on-failure:",
    ),
    text("--stop-signal", "SIGNAL", "Stop it with this signal, e.g. SIGINT.", api="StopSignal"),
    text(
        "--stop-timeout",
        "SECONDS",
        "Kill it when it has not stopped after so long; -1 waits.",
        read=imported("quantity", "parse_integer"),
        api="StopTimeout",
    ),
    several(
        "--attach -a",
        "STREAM",
        "Show or send only these: stdin, stdout, stderr.",
        read=parse_stream,
        completes="choice:stdin,stdout,stderr",
    ),
    switch("--sig-proxy", "Pass signals on to the process (--sig-proxy=false: end dk alone)."),
    text(
        "--detach-keys",
        "KEYS",
        "Leave it running at these keys; ctrl-p,ctrl-q where not given.",
        read=detach_keys,
    ),
    text(
        "--cidfile",
        "FILE",
        "Write the container's id to a new file.",
        completes="file",
        api="HostConfig.ContainerIDFile",
    ),
    several(
        "--label -l",
        "KEY[=VALUE]",
        "A label to find it by.",
        field="labels",
        read=imported("label", "parse_label"),
        write=pair,
    ),
    several(
        "--label-file",
        "FILE",
        "Labels from a file, a line each.",
        read_in=imported("pairs", "read_label_file"),
        write=lambda file: file.path,
        completes="file",
    ),
    several(
        "--annotation",
        "KEY=VALUE",
        "An annotation for the runtime.",
        read=imported("pairs", "parse_pair"),
        write=pair,
        api="HostConfig.Annotations",
        to_api=dict,
        since="1.43",
    ),
)

HEALTH = panel(
    "Health and logs",
    text("--health-cmd", "COMMAND", "Check by this command, in the container's shell."),
    text(
        "--health-interval",
        "DURATION",
        "How often to check, e.g. 30s.",
        read=duration,
        write=write_duration,
    ),
    text(
        "--health-timeout",
        "DURATION",
        "The longest that a check may take.",
        read=duration,
        write=write_duration,
    ),
    text("--health-retries", "TIMES", "Unhealthy after so many failures.", read=parse_count),
    text(
        "--health-start-period",
        "DURATION",
        "Time after the start in which failures do not count.",
        read=duration,
        write=write_duration,
    ),
    text(
        "--health-start-interval",
        "DURATION",
        "How often to check in that time.",
        read=duration,
        write=write_duration,
        since="1.44",
    ),
    switch("--no-healthcheck", "Leave out the image's own check."),
    text(
        "--log-driver",
        "NAME",
        "Where its output goes.",
        api="HostConfig.LogConfig.Type",
        completes="choice:json-file,local,journald,syslog,fluentd,gelf,awslogs,none",
    ),
    several(
        "--log-opt",
        "KEY=VALUE",
        "An option of the log driver, e.g. max-size=10m.",
        read=imported("pairs", "parse_pair"),
        write=pair,
        api="HostConfig.LogConfig.Config",
        to_api=dict,
    ),
)
