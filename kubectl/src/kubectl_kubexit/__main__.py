"""`python -m kubectl_kubexit`: the same as the program kubectl-kubexit."""

from kubectl_kubexit.commands.main import main

if __name__ == "__main__":
    main()
