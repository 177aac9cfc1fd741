"""Runs the checks of the three commands, in this order, and writes the report."""

import audit_checks  # noqa: F401
import audit_others  # noqa: F401
import audit_profiles  # noqa: F401
import mpath_figures  # noqa: F401
import mpath_incidents  # noqa: F401
import mpath_ana  # noqa: F401
import mpath_conditions  # noqa: F401
import tape_checks  # noqa: F401
import harness

harness.run_all()
