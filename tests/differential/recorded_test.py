# SPDX-License-Identifier: Apache-2.0
"""davit against recorded answers of the Go implementation: what differs must be intended. No Go is needed."""
import json
import os
import pathlib
import sys
import tempfile

import compare
import intended

RECORDED = pathlib.Path(__file__).resolve().parent / "recorded/cases.jsonl"


def main():
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
    return 1 if failed or compared < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
