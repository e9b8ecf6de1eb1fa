# SPDX-License-Identifier: Apache-2.0
"""What the benches share: medians, tables, where they ran. Measures nothing itself."""
import datetime
import os
import platform
import statistics


def median(values):
    return statistics.median(values) if values else None


def spread(values, form):
    """"12.3 (11.9-14.0)": the median, and from where to where."""
    if not values:
        return "-"
    if len(values) == 1:
        return form(values[0])
    return f"{form(median(values))} ({form(min(values))}-{form(max(values))})"


def ratio(ours, theirs, more_is_better):
    """How many times better we are: above 1 is better, below 1 is worse."""
    if not ours or not theirs:
        return "-"
    ours, theirs = median(ours), median(theirs)
    if not ours or not theirs:
        return "-"
    return f"{ours / theirs if more_is_better else theirs / ours:.3g}"


def seconds(value):
    return f"{value:.2f} s"


def rate(value):
    return f"{value / 1000:.1f} k/s"


def share(value):
    return f"{100 * value:.2f} %"


def table(head, rows):
    """A Markdown table, aligned, so that it can go to docs/benchmarks.md as it is."""
    rows = [head] + [[str(c) for c in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def heading(what, runs):
    load = os.getloadavg()[0]
    print(f"\n## {what}\n\n{datetime.date.today()}, {platform.system()} {platform.release()}, "
          f"{os.cpu_count()} cores, load {load:.1f} at the start, median of {runs} "
          f"run{'s' if runs != 1 else ''} (least-most)\n", flush=True)
