"""What the process tests stand on: the forms of kubexit, started processes, the graveyard seen from outside."""
