"""The commands of kubectl kubexit. Each is imported only when it is called, so that --help is fast."""
