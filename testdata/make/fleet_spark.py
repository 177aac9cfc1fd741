#!/usr/bin/env python3
"""What the login users of a fleet did, counted by Apache Spark.

    fleet_spark.py LIST OUT [AUDITLOGINFO]

LIST has one log per line, or the logs of one host separated by blanks: a task reads one line, so
the records of an event, which may stand in a log and in its rotated sibling, stay together. Paths must
be the same on every node. OUT becomes a file with the tsv of `auditloginfo --uid all`, counts added
up, lines in the order of their bytes. SPARK_MASTER may name a cluster; without it all runs here.
"""

import os
import shlex
import sys

from pyspark.sql import SparkSession


def keyed(line):
    """An item without its count, and the count."""
    auid, kind, count, *item = line.split("\t")
    return "\t".join((auid, kind, *item)), int(count)


def line(item):
    auid, kind, rest = item[0].split("\t", 2)
    return f"{auid}\t{kind}\t{item[1]}\t{rest}"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.strip().splitlines()[2].strip())
    command = shlex.quote(sys.argv[3] if len(sys.argv) == 4 else "auditloginfo")
    with open(sys.argv[1]) as names:
        hosts = names.read().splitlines()
    # A task's lines come on its standard input; a log that cannot be read fails the task.
    script = f"while read -r logs; do {command} --uid all -o tsv --no-heading $logs || exit; done"
    master = os.environ.get("SPARK_MASTER", "local[*]")
    session = SparkSession.builder.appName("auditloginfo").master(master).getOrCreate()
    tasks = session.sparkContext.parallelize(hosts, max(len(hosts), 1))
    task = f"sh -c {shlex.quote(script)}"
    items = tasks.pipe(task, env={"PATH": os.environ["PATH"]}, checkCode=True).map(keyed)
    lines = sorted(map(line, items.reduceByKey(int.__add__).collect()), key=str.encode)
    with open(sys.argv[2], "w") as out:
        out.writelines(item + "\n" for item in lines)
    session.stop()


main()
