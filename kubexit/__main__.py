"""python -m kubexit: the same as the console script."""

from kubexit.cli import main

main()
