"""The options of `dk run` as data: each row says how one is written, read, sent and explained.

A new flag of docker's is a new row in its panel, and a new field in `ContainerSpec`.
"""

from dk.spec.run_options import common, extras, files, isolation, network, process, resources
from dk.spec.run_options.option import RunOption

__all__ = ["DOCKER_ONLY", "NOT_IN_SPEC", "RUN_OPTIONS", "RunOption"]

RUN_OPTIONS: tuple[RunOption, ...] = (
    *common.OPTIONS,
    *network.OPTIONS,
    *files.OPTIONS,
    *extras.OPTIONS,
    *process.OPTIONS,
    *process.HEALTH,
    *resources.MEMORY,
    *resources.DEVICES,
    *isolation.OPTIONS,
)
"""Every option, in the order of the help and of an explained line."""

NOT_IN_SPEC = frozenset(
    {"env", "env_files", "env_format", "pull"}
    | {option.field for option in RUN_OPTIONS if not option.docker}
)
"""Options that shape the plan or the environment and are no field of `ContainerSpec`."""

DOCKER_ONLY = frozenset(
    """
    --cpu-count --cpu-percent --io-maxbandwidth --io-maxiops --use-api-socket
    """.split()
)
"""Options of docker's that dk does not have (of Windows, and an experiment): refused by name."""
