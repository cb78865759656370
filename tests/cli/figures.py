"""Printed figures of the docs against results. Usage: figures.py PAGE FOLDER. A page marks what it prints, in comments that are not shown:

    <!-- printed by
    weir compare ... -o one            commands, run in FOLDER
    -->
    ...                                an indented or fenced block: each line is among those printed, in order ("..." stands for any)

    <!-- figures
    weir compare ... -o one
    rows: taxi=one                     the first cell of a row, if it is no policy, and the results it is of
    columns: slo_violations*100 diff:slo_violations*100 latency_p99
    -->
    | a table |                        its cells are means "1.2 +- 0.3" of summary.csv, or differences to the first policy

A cell may be off by half of its last digit, and so may its interval. Exit code 1: something is not as printed."""
import csv
import os
import re
import subprocess
import sys


def marks(text):
    """[kind, lines of the mark, lines of what follows it] of each mark."""
    for found in re.finditer(r"<!-- (printed by|figures)\n(.*?)-->\n", text, re.S):
        rest = text[found.end():].lstrip("\n").split("\n")
        block = []
        for line in rest:
            if block and not line.strip() and not block[0].startswith("```"):
                break
            block.append(line)
            if len(block) > 1 and line == "```":
                break
        yield found.group(1), found.group(2).splitlines(), [line for line in block if not line.startswith("```")]


def squeezed(line):
    return re.sub(r"\s+", " ", line).strip()


def summary(folder):
    with open(os.path.join(folder, "summary.csv"), newline="", encoding="utf-8") as file:
        return {(row["policy"], row["metric"]): row for row in csv.DictReader(file)}


def near(text, value):
    """Whether a number as printed is the value, rounded."""
    digits = len(text.partition(".")[2])
    return abs(float(text) - value) <= 0.5001 * 10 ** -digits


def cell_fault(cell, column, policy, rows):
    """What is wrong with a cell such as "1.2 +- 0.3"; None if nothing is, or it is empty."""
    found = re.fullmatch(r"([-+]?[\d. ]*\d)(?: \N{PLUS-MINUS SIGN} ?([\d.]+))?~?", cell.replace("\u202f", ""))
    if not found:
        return None if not cell or cell == "-" else f"no number: {cell}"
    name, _, factor = column.partition("*")
    scale = float(factor or 1)
    row = rows.get((policy, name.removeprefix("diff:")))
    if not row:
        return f"{policy} has no {name}"
    prefix = ("diff_to_first", "diff_ci95_low", "diff_ci95_high") if name.startswith("diff:") else ("mean", "ci95_low", "ci95_high")
    value, low, high = (float(row[key]) * scale if row[key] else None for key in prefix)
    if value is None or not near(found.group(1).replace(" ", ""), value):
        return f"{policy}, {name}: {cell} is printed, it is {value}"
    if found.group(2) and (low is None or not near(found.group(2), (high - low) / 2)):
        return f"{policy}, {name}: {cell} is printed, half the interval is {high and (high - low) / 2}"
    return None


def table_faults(options, block, folder):
    columns = options["columns"].split()
    named = dict(one.split("=") for one in options.get("rows", "").split())
    for line in block:
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ---") or line.startswith("|---"):
            continue
        results = named.get(cells[0]) if named else options["results"]
        if not results:
            continue  # the head
        policy, *values = cells[1:] if named else cells
        rows = summary(os.path.join(folder, results))
        if not named and not any(one == policy for one, _ in rows):
            continue
        if len(values) != len(columns):
            yield f"{len(values)} cells for {len(columns)} columns: {line}"
        for cell, column in zip(values, columns):
            fault = cell_fault(cell, column, policy, rows)
            if fault:
                yield f"{cells[0]}: {fault}"


def main():
    page, folder = sys.argv[1:]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    faults, seen = [], 0
    for kind, lines, block in marks(text):
        seen += 1
        options = dict(re.match(r"(columns|rows|results): *(.*)", line).groups() for line in lines if re.match(r"(columns|rows|results):", line))
        commands = "\n".join(line for line in lines if not re.match(r"(columns|rows|results):", line))
        done = subprocess.run(["bash", "-e", "-c", commands], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            faults.append(f"{commands.splitlines()[0]}: {done.stderr[-300:]}")
            continue
        if kind == "figures":
            checked = list(table_faults(options, block, folder))
            if not any(line.startswith("|") for line in block):
                checked.append("no table below the mark")
            faults += checked
            continue
        printed = [squeezed(line) for line in done.stdout.splitlines()]
        at = 0
        for line in (squeezed(one) for one in block):
            if line in ("", "..."):
                continue
            later = [i for i in range(at, len(printed)) if printed[i] == line]
            if not later:
                faults.append(f"not printed, or not there: {line}")
                break
            at = later[0] + 1
    if not seen:
        faults.append("no mark")
    for fault in faults:
        print(f"{page}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
