"""Stands in for the file of a package that only gathers names which nobody asks for (build/static/kubexit.spec)."""
