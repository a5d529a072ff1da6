# SPDX-License-Identifier: Apache-2.0
"""Plots of the tables, with matplotlib."""

import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from measures import PAYLOADS, medians

COLOURS = {
    "baseline": "#9a9a9a", "none": "#9a9a9a", "nginx": "#5b8c5a", "python": "#3b6ea5", "cordwood": "#b5541c",
    "cordwood_fsync": "#d99a6c",
}


def bars(axes, values, title, unit, digits=0):
    names = list(values)
    drawn = axes.barh(names, [values[name] for name in names], color=[COLOURS.get(name, COLOURS["cordwood"]) for name in names])
    axes.bar_label(drawn, [f"{values[name]:,.{digits}f}" for name in names], padding=3, fontsize=8)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel(unit, fontsize=8)
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.locator_params(axis="x", nbins=6)
    axes.tick_params(labelsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def draw_comparison(results, idle, path):
    """`results`: for each payload, for each server, the figures of each round."""
    figure, places = plt.subplots(len(results) + 1, 2, figsize=(10, 2.4 * (len(results) + 1)), layout="constrained")
    for row, (payload, servers) in zip(places, results.items()):
        median = {name: medians(runs) for name, runs in servers.items()}
        count = PAYLOADS[payload][0]
        what = "one record a request" if count == 1 else f"{count} records a request"
        rates, costs, memory = ({name: value[key] for name, value in median.items()} for key in ("rate", "cpu", "memory"))
        bars(row[0], rates, f"{what}: rate", "records a second, one core")
        bars(row[1], costs, f"{what}: cost", "CPU seconds for a million records", 2)
    bars(places[-1][0], memory, "memory after the load", "MiB", 1)
    if idle:
        bars(places[-1][1], idle, "memory of an idle connection", "KiB in user space", 1)
    else:
        places[-1][1].set_visible(False)
    save(figure, path)


def draw_connections(rows, path):
    """`rows`: for each kind of crowd, its medians; the first has no crowd."""
    figure, places = plt.subplots(1, 3, figsize=(11, 2.8), layout="constrained")
    first = next(iter(rows.values()))
    rates = {kind: row["rate"] / first["rate"] for kind, row in rows.items()}
    bars(places[0], rates, "rate of a fast client", "beside the one without a crowd", 2)
    bars(places[1], {kind: row["p99"] for kind, row in rows.items()}, "its p99", "milliseconds", 2)
    memory = {kind: row["kib"] for kind, row in rows.items() if row["kib"] is not None}
    bars(places[2], memory, "memory of one of the crowd", "KiB in user space", 2)
    save(figure, path)


def save(figure, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for ending in ("png", "svg"):
        figure.savefig(f"{path}.{ending}", dpi=130)
    plt.close(figure)
