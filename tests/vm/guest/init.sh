#!/bin/busybox sh
# The first program of the machine: what a distribution would set up, then kubexit, which stays PID 1.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
ifconfig lo up
echo "+cpu +memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /run/machine
export KUBEXIT_NAME=machine KUBEXIT_GRAVEYARD=/run/machine KUBEXIT_ORPHAN_GRACE_PERIOD=2s
exec kubexit -- /guest/run.sh
