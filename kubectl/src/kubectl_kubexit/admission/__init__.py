"""What the admission policies of deploy/ make of a pod, without a cluster."""
