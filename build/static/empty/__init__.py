"""Replaces the file of a package that only gathers names which are never used (build/static/kubexit.spec)."""
