"""The readiness waiter: a program beside the supervisor, with an interpreter that ends before the command starts.

`python -m kubexit.waiter` runs it. Nothing is imported here: each module costs a container's start some time.
"""
