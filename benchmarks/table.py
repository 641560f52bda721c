"""The figures as a Markdown table, and the aims beside what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import AIMS, BASE, Aim

if TYPE_CHECKING:
    import pyperf


def table(suite: pyperf.BenchmarkSuite) -> str:
    """Return medians with their middle half, then a line for each aim."""
    benchmarks = {bench.get_name(): bench for bench in suite.get_benchmarks()}
    medians = {name: bench.median() for name, bench in benchmarks.items()}
    any_bench = benchmarks[BASE]
    metadata = any_bench.get_metadata()
    made_with = (
        f"{any_bench.get_nvalue()} rounds; Python {metadata['python_version'].split()[0]}, "
        f"docker CLI {metadata['docker_cli']}, engine {metadata['docker_engine']}, "
        f"docker SDK {metadata['docker_package']}, Typer {metadata['typer_package']}"
    )
    lines = [
        made_with,
        "",
        "| Command | Median | Middle half | Times bare Python |",
        "|---|--:|--:|--:|",
    ]
    for name, bench in benchmarks.items():
        low, high = (f"{bench.percentile(p) * 1000:.0f}" for p in (25, 75))
        times = medians[name] / medians[BASE]
        lines.append(
            f"| `{name}` | {medians[name] * 1000:.0f} ms | {low} to {high} | {times:.1f} |"
        )
    lines += ["", "| Aim | Came out | |", "|---|--:|---|"]
    lines += [_aim(aim, medians) for aim in AIMS]
    return "\n".join(lines)


def _aim(aim: Aim, medians: dict[str, float]) -> str:
    ratio = medians[aim.command] / sum(medians[name] for name in aim.others)
    others = " + ".join(f"`{name}`" for name in aim.others)
    verdict = "met" if ratio <= aim.factor else "**missed**"
    return f"| `{aim.command}` at most {aim.factor:g} × ({others}) | {ratio:.2f} × | {verdict} |"
