# SPDX-License-Identifier: Apache-2.0
"""davit against recorded answers of the Go implementation: what differs must be intended. No Go is needed."""
import json
import os
import pathlib
import re
import sys
import tempfile

import compare
import intended

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs/cdi.md"
RECORDED = pathlib.Path(__file__).resolve().parent / "recorded/cases.jsonl"


def check_guide():
    """The guide lists every entry, with its reason, and no other."""
    table = GUIDE.read_text(encoding="utf-8").partition("| entry |")[2]
    said = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, re.MULTILINE))
    entries = {entry.id: entry.reason for entry in intended.ENTRIES}
    for name in sorted(name for name in {*said, *entries} if said.get(name) != entries.get(name)):
        print(f"docs/cdi.md: `{name}`: {said.get(name)}\n  differential/intended.py: {entries.get(name)}")
    return said == entries


def main():
    same = check_guide()
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    failed, compared = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        bench = compare.Bench(scratch, os.environ["DAVIT"], os.environ["DAVIT_CDI_PLUGIN"])
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            case, go = record["case"], record["go"]
            bench.write(case)
            davit = bench.ask_davit(case)
            found = compare.differences(case, go, davit)
            left = [d for d, entry in intended.explain(case, go, davit, found, lambda _: record["again"]) if entry is None]
            compared += bool(go.get("config") and davit["config"])
            if left:
                failed += 1
                print(f"line {number}: {json.dumps(case)}\n  davit: {davit['errors']} {davit['broken']}")
                print("".join(f"  {json.dumps(difference)}\n" for difference in left), end="")
    print(f"{len(lines)} cases, {compared} configs compared, {failed} with a difference that nothing explains")
    return 1 if failed or compared < 100 or not same else 0


if __name__ == "__main__":
    sys.exit(main())
