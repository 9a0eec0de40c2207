"""Manifests: any document of any kind that has a pod template, with the line of each value."""
