"""Put kubexit into manifests, take it out again, and change single values, with comments and order as they were."""
