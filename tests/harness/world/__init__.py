"""The surroundings of one kubexit: namespaces, a network, a strict container, filters of system calls."""
