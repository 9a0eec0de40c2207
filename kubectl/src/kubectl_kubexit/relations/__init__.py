"""The relations of a pod's containers: which waits for which, and which stops which."""
