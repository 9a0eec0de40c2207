# The interpreter in the file: the waiter asks an API server that is not there, until its time is over.
. /guest/pod.sh
account=/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$account"
echo token >"$account/token"
cp /guest/ca.crt "$account/"
env -i PATH=/bin KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=6443 KUBEXIT_NAME=main \
    KUBEXIT_GRAVEYARD="$grave" KUBEXIT_BIRTH_DEPS=db KUBEXIT_POD_NAME=job-1 KUBEXIT_NAMESPACE=shop \
    KUBEXIT_BIRTH_TIMEOUT=12s kubexit -- true >"$here/main.log" 2>&1 && found=0 || found=$?
check "the wait ends with its code" "$found" 69
check "and its tombstone" "$(stone main ExitCode)" 69
check_true "the waiter says why" grep -q "Connection refused" "$here/main.log"
