"""Pods that are in a cluster: what the kubelet and kubexit report about their containers."""
