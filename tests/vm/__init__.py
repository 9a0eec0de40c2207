"""Machines in QEMU with kernels of Debian, in which kubexit is PID 1 and runs pods: `make vm`."""
