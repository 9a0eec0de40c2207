"""A Kubernetes of one node on this machine, for tests: real API server, scheduler, kubelet, containerd and runc.

    python -m node up       start it; prints the KUBECONFIG
    python -m node down     stop it and remove what it made
    python -m node enter    run a command in its namespaces

One file, one noun. `programs` builds what runs, `layout` knows where it is, `files` writes what it reads. `cgroups` and
`world` make its surroundings, `daemons` is process 1 there, `control` sends orders to it. `images` makes images without
a registry. `life` starts and stops all of it. docs/develop/node.md has the rest.
"""
