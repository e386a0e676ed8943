"""Sums trx files: prints one line `passed failed skipped` on standard output, names and reasons on standard error."""

import sys
import xml.etree.ElementTree as xml

NS = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
COUNTS = {"Passed": 0, "Failed": 1, "NotExecuted": 2}


def message(result):
    text = result.findtext(f"{NS}Output/{NS}ErrorInfo/{NS}Message") or result.findtext(f"{NS}Output/{NS}StdOut") or ""
    trace = result.findtext(f"{NS}Output/{NS}ErrorInfo/{NS}StackTrace") or ""
    return text.strip(), trace.strip()


def main(paths):
    totals = [0, 0, 0]
    for path in paths:
        for result in xml.parse(path).iter(f"{NS}UnitTestResult"):
            # An outcome that this table does not know (Aborted, Timeout, Error) is a failure.
            column = COUNTS.get(result.get("outcome"), 1)
            totals[column] += 1
            if column == 0:
                continue
            text, trace = message(result)
            name = result.get("testName")
            if column == 2:
                print(f"skipped  {name}: {' '.join(text.split()) or 'no reason given'}", file=sys.stderr)
            else:
                details = "\n".join(f"         {line}" for line in (text + "\n" + trace).strip().splitlines()[:40])
                print(f"FAILED   {name}\n{details}", file=sys.stderr)
    print(*totals)


main(sys.argv[1:])
