"""The plan of a pod: one text that all its containers share, one line for each container."""
