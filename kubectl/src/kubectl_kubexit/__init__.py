"""kubectl kubexit: wrap, check and draw pods whose containers kubexit coordinates."""
