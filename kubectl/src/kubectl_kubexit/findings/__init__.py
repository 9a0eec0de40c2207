"""What is wrong in the pods of some manifests: each check has a code, a reason and a remedy."""
