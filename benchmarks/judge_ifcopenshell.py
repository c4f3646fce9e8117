"""Holds the shapes of shikong against those of IfcOpenShell, product by product.

    pip install ifcopenshell numpy
    go run ./benchmarks/shapes FOLDER > ours.ndjson
    python benchmarks/judge_ifcopenshell.py FOLDER ours.ndjson [--table table.md] [--list differences.tsv]

A product agrees when its box is within 1 mm or 0.1 % of its size, its volume (where both
have closed solids) within 0.5 % and its area within 1 %. IfcOpenShell meshes finely, so that
its figures are nearly those of the true shape. Never needed to build or to test.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import resource
import subprocess
import sys

import ifcopenshell
import ifcopenshell.geom
import numpy as np


def theirs(path, threads, chord, turn):
    """Yields entity number, box, volume, area, triangles of every product IfcOpenShell builds."""
    f = ifcopenshell.open(path)
    s = ifcopenshell.geom.settings()
    s.set("use-world-coords", True)
    s.set("weld-vertices", False)
    s.set("mesher-linear-deflection", chord)
    s.set("mesher-angular-deflection", turn)
    it = ifcopenshell.geom.iterator(s, f, threads)
    if not it.initialize():
        return
    while True:
        shape = it.get()
        v = np.array(shape.geometry.verts, dtype=float).reshape(-1, 3)
        t = np.array(shape.geometry.faces, dtype=int).reshape(-1, 3)
        if len(t):
            used = v[np.unique(t)]
            lo, hi = used.min(axis=0), used.max(axis=0)
            o = v[t[0, 0]]
            a, b, c = v[t[:, 0]] - o, v[t[:, 1]] - o, v[t[:, 2]] - o
            n = np.cross(b - a, c - a)
            yield shape.id, lo, hi, closed(v, t), float(np.einsum("ij,ij->i", a, n).sum() / 6), float(np.linalg.norm(n, axis=1).sum() / 2), len(t)
        if not it.next():
            return


def closed(v, t):
    """Says whether triangles bound a volume: every edge runs as often one way as the other."""
    number = {}
    w = np.array([number.setdefault(p, len(number)) for p in map(tuple, np.round(v, 5))])[t]
    e = np.concatenate([w[:, [0, 1]], w[:, [1, 2]], w[:, [2, 0]]])
    e = e[e[:, 0] != e[:, 1]]
    net = collections.Counter()
    for a, b in e.tolist():
        net[(min(a, b), max(a, b))] += 1 if a < b else -1
    return not any(net.values())


def one(job):
    """Runs the judge on one file in a process of its own: some files end it."""
    path, name, chord, turn, limit = job
    r = subprocess.run([sys.executable, __file__, "--one", path, str(chord), str(turn), str(limit)], capture_output=True, text=True)
    got = {}
    for line in r.stdout.splitlines():
        if not line.startswith("["):
            continue  # it also logs there
        i, lo, hi, solid, volume, area, triangles = json.loads(line)
        got[i] = (np.array(lo), np.array(hi), solid, volume, area, triangles)
    return name, got, "" if r.returncode == 0 else f"ended with {r.returncode} {r.stderr.strip().splitlines()[-1:]}"


def compare(p, lo, hi, solid, volume, area):
    """Returns what differs: box, volume, area."""
    if not p.get("box") or not p["triangles"]:
        return ["missing"]
    mine = np.array(p["box"])
    size = float(np.linalg.norm(hi - lo))
    out = []
    if max(np.abs(mine[:3] - lo).max(), np.abs(mine[3:] - hi).max()) > max(1e-3, 1e-3 * size):
        out.append("box")
    if p["closed"] and solid and abs(abs(volume) - abs(p["volume"])) > max(0.005 * abs(volume), 1e-6):
        out.append("volume")
    if abs(area - p["area"]) > max(0.01 * area, 1e-5):
        out.append("area")
    return out


def main():
    if sys.argv[1:2] == ["--one"]:
        resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[5]), int(sys.argv[5])))
        for i, lo, hi, *rest in theirs(sys.argv[2], 1, float(sys.argv[3]), float(sys.argv[4])):
            print(json.dumps([i, list(lo), list(hi), *rest]), flush=True)
        return
    a = argparse.ArgumentParser()
    a.add_argument("folder")
    a.add_argument("ours")
    a.add_argument("--table")
    a.add_argument("--list")
    a.add_argument("--chord", type=float, default=0.0002)
    a.add_argument("--turn", type=float, default=0.1)
    a.add_argument("--processes", type=int, default=2)
    a.add_argument("--limit", type=int, default=120, help="processor seconds for each file")
    a.add_argument("--only", default="", help="part of the name of the files to judge")
    a.add_argument("--skip", type=int, default=0, help="files to leave out, in order of their names")
    args = a.parse_args()
    ours = collections.defaultdict(dict)
    for line in open(args.ours):
        p = json.loads(line)
        ours[p["file"]][p["entity"]] = p
    jobs = []
    for root, _, names in sorted(os.walk(args.folder)):
        for n in sorted(names):
            if n.lower().endswith(".ifc") and args.only in n:
                path = os.path.join(root, n)
                jobs.append((path, os.path.join(os.path.basename(root), n), args.chord, args.turn, args.limit))
    rows, listed = [], open(args.list, "w") if args.list else None
    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.processes) as pool:
        for name, got, err in pool.map(one, jobs[args.skip:]):
            c = collections.Counter()
            for i, (lo, hi, solid, volume, area, triangles) in got.items():
                p = ours[name].get(i)
                if p is None:
                    continue
                c["both"] += 1
                bad = compare(p, lo, hi, solid, volume, area)
                c["agree"] += not bad
                for b in bad:
                    c[b] += 1
                if bad and listed:
                    box = p.get("box") or [0] * 6
                    print(name, i, p["class"], p["outcome"], p["code"] if "code" in p else "", "+".join(bad),
                          f"{volume:.6g}", f"{p['volume']:.6g}", f"{area:.6g}", f"{p['area']:.6g}", triangles, p["triangles"],
                          " ".join(f"{x:.3f}" for x in [*lo, *hi]), " ".join(f"{x:.3f}" for x in box), sep="\t", file=listed, flush=True)
            only_ours = sum(1 for i, p in ours[name].items() if p["body"] and p["outcome"] == "exact" and p["triangles"] and i not in got)
            total.update(c)
            total["only ours"] += only_ours
            total["only theirs"] += c["missing"]
            rows.append((name, c["both"], c["agree"], c["box"], c["volume"], c["area"], c["missing"], only_ours, err))
            print(f"{c['agree']:6d} of {c['both']:6d} agree; only ours {only_ours:5d}; {name} {err}", file=sys.stderr, flush=True)
    both = max(1, total["both"])
    print(f"{total['agree']} of {total['both']} agree ({100 * total['agree'] / both:.2f} %): {dict(total)}")
    if args.table:
        with open(args.table, "w") as t:
            print("| file | built by both | agree | box | volume | area | only theirs | only ours |\n|---|---:|---:|---:|---:|---:|---:|---:|", file=t)
            for r in rows:
                print("| " + " | ".join(str(x) for x in r[:8]) + (f" ({r[8]})" if r[8] else "") + " |", file=t)
            print(f"| **all** | {total['both']} | {total['agree']} | {total['box']} | {total['volume']} | {total['area']} | {total['missing']} | {total['only ours']} |", file=t)


if __name__ == "__main__":
    main()
