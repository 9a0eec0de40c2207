"""A small pod of real processes on this machine, each one under kubexit: `python -m demo`."""
