#!/usr/bin/env python3
"""Has Prometheus's own parser read metrics, and checks what it asks for beyond the syntax.

usage: check_metrics.py PROGRAM [ARGUMENT...]   what the program prints
       check_metrics.py http://HOST:PORT/PATH   what is served there

Exit code: 0 fine, 1 not, 77 skipped: there is no parser.
"""
import re
import subprocess
import sys
import urllib.request

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("skipped: there is no prometheus_client here")
    sys.exit(77)

PREFIX = "fullon_cache_"
problems = []


def check(condition, *words):
    if not condition:
        problems.append(" ".join(str(word) for word in words))


def fetch(arguments):
    if not arguments[0].startswith("http://"):
        return subprocess.run(arguments, stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode()
    with urllib.request.urlopen(arguments[0], timeout=60) as answer:
        kind = answer.headers.get("Content-Type")
        check(kind == "text/plain; version=0.0.4; charset=utf-8", "content type:", kind)
        return answer.read().decode()


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        bound = labels.pop("le", None)
        one = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if bound is not None:
            one["buckets"].append((float(bound), sample.value))
        else:
            one[sample.name[len(family.name):]] = sample.value
    for labels, one in series.items():
        buckets = one["buckets"]
        where = f"{family.name}{dict(labels)}:"
        check({"_sum", "_count"} <= one.keys(), where, "lacks its sum or count")
        check(buckets == sorted(buckets), where, "buckets do not grow", buckets)
        check([value for _, value in buckets] == sorted(value for _, value in buckets), where, "not cumulative")
        check(buckets and buckets[-1] == (float("inf"), one.get("_count")), where, "+Inf is not the count")
    return len(series)


def check_family(family):
    check(family.type in ("counter", "gauge", "histogram"), family.name, "has the type", family.type)
    check(family.documentation, family.name, "has no help")
    if family.type == "histogram":
        check(family.name.endswith("_seconds"), family.name, "does not name its unit")
        return check_histogram(family)
    for sample in family.samples:
        # The parser drops the ending of a counter from the family's name.
        expected = family.name + ("_total" if family.type == "counter" else "")
        check(sample.name == expected, sample.name, "is a sample of", expected)
        check(sample.value >= 0, sample.name, "is negative:", sample.value)
    return len(family.samples)


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    text = fetch(sys.argv[1:])
    check(text.endswith("\n"), "the last line does not end")
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    check(len(names) == len(set(names)), "a family comes twice:", names)
    check(len(names) > 25, "families are missing: there are only", len(names))
    seen = set()
    for family in families:
        check(re.fullmatch(PREFIX + "[a-z0-9_]+", family.name), "no good name:", family.name)
        check_family(family)
        for sample in family.samples:
            series = (sample.name, tuple(sorted(sample.labels.items())))
            check(series not in seen, "twice:", series)
            seen.add(series)
            for label in sample.labels:
                check(re.fullmatch("[a-z][a-z0-9_]*", label), "no good label:", label)
    # Nothing was lost on the way: as many samples as lines that are none of the comments.
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    check(len(seen) == len(lines), len(lines), "lines, but", len(seen), "samples")
    for problem in problems:
        print(problem)
    print(f"{len(families)} families, {len(seen)} samples, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
