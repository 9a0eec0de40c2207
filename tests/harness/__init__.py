"""The base of the process tests: the forms of kubexit, started processes, the graveyard from outside."""
