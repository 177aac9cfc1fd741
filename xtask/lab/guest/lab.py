"""Runs the checks of the three commands, in this order, and writes the report."""

import audit_checks  # noqa: F401
import mpath_checks  # noqa: F401
import tape_checks  # noqa: F401
import harness

harness.run_all()
