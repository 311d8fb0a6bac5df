#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judges what make bench has measured: a table, JSON, and a bar chart.

The targets are those that the project has set itself; the baseline is what a
request cost when it was last renewed.
"""
import argparse
import json
import statistics
import sys
from xml.sax.saxutils import escape

GROWTH = 1.02			# of a count, against the baseline
EMPTY = ("empty_ioctl", "midlayer")
PAIR = ("START_SESSION", "END_SESSION")
PAIR_NAME = "START + END_SESSION"
KEYS = ("SEND_KEY_CHALLENGE", "READ_KEY_BUS1", "READ_KEY_CHALLENGE",
        "SEND_KEY_BUS2", "READ_KEY_ASF", "READ_KEY_TITLE", "READ_KEY_GET_RPC")
REFUSED = ("refused_key_type", "refused_access", "refused_session")
WAYS = {
    "ntdvd": "ntdvd",
    "dvd_ioctl": "DVD ioctl",
    "sg_io_sr": "SG_IO sr",
    "sg_io_sg": "SG_IO sg",
    "midlayer": "mid-layer",
    "midlayer_stack": "m-l, stack",
}
COLOURS = ("#1f5fa8", "#c0504d", "#d99a3d", "#8064a2", "#7f7f7f", "#bfbfbf")

passed = failed = 0


def check(good, text):
    """Counts a test and prints its line."""
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    print(f"{'ok    ' if good else 'not ok'}  {text}")


def limit(what, value, most):
    """A target that is met if value is no more than most."""
    check(value <= most, f"{what}: {value:.3f}, at most {most}")


def parse(path):
    """Reads what the guests have printed."""
    found = {"counts": {}, "rates": {}, "scaling": {}, "memory": {}, "load": []}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            kind, *words = line.split()
            if kind == "count":
                mask, request, way, median, mean = words
                requests = found["counts"].setdefault(mask, {})
                for kind, value in ("median", median), ("mean", mean):
                    requests.setdefault(request, {}).setdefault(
                        way, {}).setdefault(kind, []).append(float(value))
            elif kind in ("rate", "scaling"):
                way, drives, delay, rate = words
                name = f"{way} {drives} {delay}"
                found[kind if kind == "scaling" else "rates"].setdefault(
                    name, []).append(float(rate))
            elif kind == "memory":
                what, number, size = words
                found["memory"].setdefault(what, {})[number] = int(size)
            elif kind == "load":
                found["load"].append(float(words[0]))
            elif kind == "size":
                found["size"] = dict(zip(("text", "data", "bss"),
                                         map(int, words)))
            elif kind == "kernel":
                found["kernel"] = words[0]
            else:
                sys.exit(f"report.py: {path}: what is this? {line}")
    for requests in found["counts"].values():
        for ways in requests.values():
            for kinds in ways.values():
                for kind, values in kinds.items():
                    kinds[kind] = round(statistics.mean(values), 1)
        # the mean of both, as the two are as often
        requests[PAIR_NAME] = {
            way: {kind: sum(requests[half][way][kind] for half in PAIR) / 2
                  for kind in ("median", "mean")}
            for way in requests[PAIR[0]]}
    return found


def print_counts(requests, mask):
    """The table of instructions."""
    print(f"\nInstructions a request, median of 100, alignment mask {mask}"
          + (" (as on SATA and USB hosts)" if mask == "511" else ""))
    print("(guest time counts them, on one processor; the mean of 9 drives, "
          "as queues differ by 8)\n")
    print(f"{'':25}" + "".join(f"{name:>11}" for name in WAYS.values())
          + "  ntdvd's own")
    for request, ways in requests.items():
        cells = "".join(f"{ways[way]['median']:11.0f}" if way in ways
                        else f"{'-':>11}" for way in WAYS)
        own = ""
        if "ntdvd" in ways and "midlayer" in ways:
            ntdvd = ways["ntdvd"]["median"]
            own = (ntdvd - ways["midlayer"]["median"]) / ntdvd
            own = f"{own:12.1%}"
        print(f"{request:25}{cells}{own}")


def judge_counts(counts):
    """The targets for instructions."""
    requests = counts["3"]

    def ratio(request, way="dvd_ioctl"):
        ways = requests[request]
        return ways["ntdvd"]["median"] / ways[way]["median"]

    print("\nTargets, instructions, alignment mask 3\n")
    limit(f"{PAIR_NAME} against DVD_AUTH's", ratio(PAIR_NAME), 0.68)
    limit(f"{PAIR_NAME} against the bare mid-layer",
          ratio(PAIR_NAME, "midlayer"), 1.08)
    for key in KEYS:
        limit(f"{key} against DVD_AUTH's", ratio(key), 0.66)
    limit("the whole handshake against DVD_AUTH's", ratio("handshake"), 0.66)
    limit("READ_STRUCTURE of 2 KiB against DVD_READ_STRUCT",
          ratio("READ_STRUCTURE"), 0.95)
    limit("READ_KEY_DISK against DVD_READ_STRUCT", ratio("READ_KEY_DISK"), 0.95)
    empty = requests[EMPTY[0]][EMPTY[1]]["median"]
    for request in REFUSED:
        limit(f"{request} against an empty ioctl with its arguments",
              requests[request]["ntdvd"]["median"] / empty, 1.5)


def compare(found, baseline):
    """No count of ntdvd's may have grown."""
    print(f"\nAgainst the baseline (kernel {baseline['kernel']}): "
          f"no count more than {GROWTH - 1:.0%} above it\n")
    if baseline["kernel"] != found["kernel"]:
        print(f"this is kernel {found['kernel']}: if all have changed, "
              "it is the kernel that has\n")
    for mask, requests in baseline["counts"].items():
        for request, old in requests.items():
            ways = found["counts"].get(mask, {}).get(request, {})
            if "ntdvd" not in ways:
                check(False, f"{request}, mask {mask}: not measured")
                continue
            new = ways["ntdvd"]["median"]
            check(new <= old * GROWTH,
                  f"{request}, mask {mask}: {new:.0f}, was {old:.0f} "
                  f"({new / old - 1:+.1%})")


def spread(runs):
    """Median and spread of runs."""
    return (f"{statistics.median(runs):10.0f}  "
            f"({min(runs):.0f} to {max(runs):.0f}, {len(runs)} runs)")


def print_rates(rates, title):
    """Requests a second."""
    print(f"\n{title}\n")
    for name, runs in sorted(rates.items(), key=lambda item: (
            item[0].split()[2], int(item[0].split()[1]), item[0])):
        way, drives, delay = name.split()
        when = "at once" if delay == "0" else f"in {delay} ms"
        print(f"{WAYS[way]:10} {drives:>2} drives that answer {when}: "
              f"{spread(runs)}")


def judge_rest(found):
    """Throughput, memory, size, time to load."""
    print_rates(found["rates"], "Requests a second on two processors: times "
                "of this machine, emulation and other load included")
    print_rates(found["scaling"], "Requests a second on one processor that "
                "takes 1 ns for each instruction: guest time, not this machine's")

    memory = found["memory"]
    each = {what: (sizes["64"] - sizes["1"]) / 63
            for what, sizes in memory.items() if what != "files"}
    number, size = next(iter(memory["files"].items()))
    size_of_file = size / int(number)
    own = each["drives"] - each["nodes"]
    print("\nMemory, module, files\n")
    print(f"a drive takes {each['drives']:.0f} bytes, of which any device node "
          f"takes {each['nodes']:.0f} (sysfs, devtmpfs) and ntdvd {own:.0f}")
    print(f"an open file takes {size_of_file:.0f} bytes more than one of "
          "/dev/null")
    print("the module has " + ", ".join(
        f"{count} bytes of {name}" for name, count in found["size"].items()))
    print(f"loading with 64 drives takes, in ms on two processors: "
          f"{spread(found['load'])}")
    print("opening and closing: see the tables of instructions")

    print("\nTargets, the rest\n")
    limit("memory an open file, bytes", size_of_file, 256)
    limit("memory a drive, its transfer buffer included, bytes", own, 6144)
    one, many = (statistics.median(found["scaling"][f"ntdvd {drives} 1"])
                 for drives in (1, 64))
    value = many / (64 * one)
    check(value >= 0.95, "64 drives at 1 ms against 64 times one, by "
          f"instructions: {value:.3f}, at least 0.95")


def chart(counts, path):
    """A bar for each way, as long as its share of what the DVD ioctls take."""
    requests = counts["3"]
    shown = (PAIR_NAME, "SEND_KEY_CHALLENGE", "READ_KEY_BUS1", "READ_KEY_TITLE",
             "GET_REGION", "READ_STRUCTURE", "handshake")
    bar, left, scale = 13, 175, 520
    lines, y = [], 60
    for request in shown:
        ways = requests[request]
        lines.append(f'<text x="{left - 8}" y="{y + 24}" text-anchor="end" '
                     f'font-weight="bold">{escape(request)}</text>')
        for colour, way in zip(COLOURS, WAYS):
            if way not in ways:
                continue
            count = ways[way]["median"]
            width = scale * count / ways["dvd_ioctl"]["median"]
            lines.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" '
                         f'height="{bar - 2}" fill="{colour}"/>')
            lines.append(f'<text x="{left + width + 5:.1f}" y="{y + 9}" '
                         f'font-size="10">{count:,.0f}</text>')
            y += bar
        y += 14
    x = left
    for colour, name in zip(COLOURS, WAYS.values()):
        lines.append(f'<rect x="{x}" y="36" width="10" height="10" '
                     f'fill="{colour}"/>')
        lines.append(f'<text x="{x + 14}" y="45">{name}</text>')
        x += 95
    with open(path, "w", encoding="ascii") as out:
        out.write('<?xml version="1.0"?>\n'
                  '<!-- SPDX-License-Identifier: GPL-2.0-only -->\n'
                  f'<svg xmlns="http://www.w3.org/2000/svg" width="800" '
                  f'height="{y}" font-family="sans-serif" font-size="11">\n'
                  '<rect width="100%" height="100%" fill="white"/>\n'
                  '<text x="10" y="22" font-size="15">Instructions a request; '
                  'bars are relative to DVD_AUTH and DVD_READ_STRUCT</text>\n'
                  + "\n".join(lines) + "\n</svg>\n")


def main():
    """Reads, judges, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measured", help="what the guests have printed")
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--renew", action="store_true",
                        help="make these counts the baseline")
    parser.add_argument("--json", required=True)
    parser.add_argument("--chart", required=True)
    options = parser.parse_args()

    found = parse(options.measured)
    for mask, requests in found["counts"].items():
        print_counts(requests, mask)
    judge_counts(found["counts"])
    if found["rates"]:
        judge_rest(found)

    if options.renew:
        counts = {mask: {request: ways["ntdvd"]["median"]
                         for request, ways in requests.items()
                         if "ntdvd" in ways}
                  for mask, requests in found["counts"].items()}
        with open(options.baseline, "w", encoding="ascii") as out:
            json.dump({"kernel": found["kernel"], "counts": counts}, out,
                      indent="\t")
            out.write("\n")
        print(f"\nthese counts are the baseline now, {options.baseline}")
    with open(options.baseline, encoding="ascii") as old:
        compare(found, json.load(old))
    with open(options.json, "w", encoding="ascii") as out:
        json.dump(found, out, indent=1)
        out.write("\n")
    chart(found["counts"], options.chart)
    print(f"\n{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
