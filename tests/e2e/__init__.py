"""Pods in a real cluster, for the tests marked "node"; `make e2e`.

`images` makes the images and `load` gives them to the nodes. `space` is the namespace of one test, `container` writes
the spec of a pod and `pod` reads how it goes, `entering` runs commands in it. `example` reads examples/.
"""
