#!/usr/bin/env python3
"""Run the original auditloginfo.py on the fixtures that name a log for it.

    audit_original.py [--bless] [-v] ORIGINAL PYTHON2 [FIXTURE...]
    audit_original.py --script LOG ORIGINAL

ORIGINAL is the script of 2016 (github.com/Matty9191/auditloginfo; GPL, so no copy of it is kept
here), PYTHON2 a python 2.7. A fixture of testdata/auditloginfo with a file `original` (one line:
the AUID and the log's path) is run by it, from a temporary copy that reads that log and this
machine's header of system calls instead of the two paths fixed in it.

Its output must be the fixture's `stdout`, byte for byte; --bless writes it. In a fixture that has a
file `differs` it must not be: the original stops with an error there or prints something else.

--script prints such a copy that reads LOG, for measuring, and runs nothing.
"""

import argparse
import difflib
import os
import subprocess
import sys
import tempfile

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "auditloginfo")
HEADERS = ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h")


def main():
    parser = argparse.ArgumentParser(usage="audit_original.py [--bless] [-v] ORIGINAL PYTHON2 [FIXTURE...]\n"
                                           "       audit_original.py --script LOG ORIGINAL")
    parser.add_argument("--script", metavar="LOG")
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("-v", dest="verbose", action="store_true")
    parser.add_argument("original")
    parser.add_argument("python", nargs="?")
    parser.add_argument("fixtures", nargs="*")
    asked = parser.parse_args()
    if asked.script:
        return print(script(asked.original, asked.script), end="")
    if not asked.python:
        parser.error("a python 2.7 is needed")
    names = asked.fixtures or sorted(os.listdir(FIXTURES))
    folders = [os.path.join(FIXTURES, name) for name in names]
    folders = [folder for folder in folders if os.path.exists(os.path.join(folder, "original"))]
    failures = [folder for folder in folders if not check(asked, folder)]
    print(f"{len(folders)} fixtures, {len(failures)} failed")
    sys.exit(1 if failures or not folders else 0)


def check(asked, folder):
    """Whether the original does on a fixture what the fixture says."""
    name = os.path.basename(folder)
    auid, log = read(folder, "original").decode().split()
    status, out, err = run(asked, auid, os.path.join(folder, log))
    differs = os.path.exists(os.path.join(folder, "differs"))
    if asked.bless and not differs and status == 0:
        with open(os.path.join(folder, "stdout"), "wb") as stdout:
            stdout.write(out)
    expected = read(folder, "stdout")
    agrees = status == 0 and out == expected
    if asked.verbose and differs and not agrees:
        print(f"{name}: {'prints otherwise' if status == 0 else err.decode().splitlines()[-1]}")
    if agrees == (not differs):
        return True
    print(f"{name}: {'agrees, but should differ' if differs else 'differs'}")
    show = [text.decode("utf-8", "backslashreplace").splitlines() for text in (expected, out + err)]
    print("\n".join(difflib.unified_diff(*show, "stdout", "original", lineterm="")))
    return False


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def script(path, log):
    """The original with that log and this machine's header in place of its own."""
    with open(path) as original:
        text = original.read()
    header = next(filter(os.path.exists, HEADERS))
    for fixed, there in (("/var/log/audit/audit.log", log), ("/usr/include/asm/unistd_64.h", header)):
        if f'= "{fixed}"\n' not in text:
            sys.exit(f"{path}: there is no constant {fixed}: not the script of 2016")
        text = text.replace(f'= "{fixed}"\n', f"= {there!r}\n")
    return text


def run(asked, auid, log):
    """The original's status, output and messages on that log."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as copy:
        copy.write(script(asked.original, log))
        copy.flush()
        done = subprocess.run([asked.python, copy.name, "--uid", auid], capture_output=True)
    return done.returncode, done.stdout, done.stderr


main()
