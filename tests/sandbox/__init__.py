"""Pods in gVisor: kubexit on a kernel that is not Linux."""
