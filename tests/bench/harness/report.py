"""Medians, ratios and the bars of the design, as a table and as JSON."""

import datetime
import os
import platform
import statistics

from .stage import run


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "?")
    return {"processor": model, "processors": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg()[0],
            "haproxy": run("haproxy", "-v").split()[2], "nginx": run("bash", "-c", "nginx -v 2>&1").split("/")[1].split()[0],
            "openssl": run("openssl", "version").split()[1]}


class Row:
    """What was measured for each contender, and what Intercept has to reach; a bar of None is for information."""

    def __init__(self, key, title, unit, values, bar, aim, against=None, higher_is_better=False):
        self.key, self.title, self.unit, self.values, self.bar, self.aim = key, title, unit, values, bar, aim
        self.medians = {name: statistics.median(rounds) for name, rounds in values.items()}
        mine = self.medians["intercept"]
        if against is None:
            self.result, self.met = mine, bar is None or mine <= bar
            return
        others = [self.medians[name] for name in against]
        best = max(others) if higher_is_better else min(others)
        self.result = mine / best
        self.met = bar is None or (self.result >= bar if higher_is_better else self.result <= bar)
        self.sign = ">=" if higher_is_better else "<="

    sign = "<="

    def bar_text(self):
        return "" if self.bar is None else f"{self.sign} {self.bar}"

    def json(self):
        return {"measure": self.key, "title": self.title, "unit": self.unit, "rounds": self.values, "medians": self.medians,
                "result": self.result, "bar": self.bar_text(), "aim": self.aim, "met": self.met}


def table(rows):
    lines = ["| what | Intercept | haproxy | nginx | other | result | bar | |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = {name: f"{value:.4g} {row.unit}" for name, value in row.medians.items()}
        others = [f"{name} {cells[name]}" for name in cells if name not in ("intercept", "haproxy", "nginx")]
        lines.append(f"| {row.title} | {cells['intercept']} | {cells.get('haproxy', '')} | {cells.get('nginx', '')} | {', '.join(others)} "
                     f"| {row.result:.3g} | {row.bar_text()} | {'' if row.bar is None else 'pass' if row.met else 'MISS'} |")
    return "\n".join(lines)


def document(rows, failures, rounds, seconds):
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": machine(),
            "rounds": rounds, "seconds": seconds, "rows": [row.json() for row in rows], "failures": failures}
