// The informer waits until the containers that KUBEXIT_BIRTH_DEPS names are ready, and runs a command.
//
// It is the least that a compiled coordinator does: client-go's clientset and informer, a pod by its name, and no more.
// The original kubexit waits in this way, but cannot be had as a module. Measured beside kubexit, used nowhere else.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

func main() {
	if err := wait(); err != nil {
		fmt.Fprintln(os.Stderr, "informer:", err)
		os.Exit(1)
	}
	os.Exit(run(os.Args[1:]))
}

// wait returns when all dependencies are ready.
func wait() error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	name := fields.OneTermEqualSelector("metadata.name", os.Getenv("KUBEXIT_POD_NAME"))
	pods := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "pods", os.Getenv("KUBEXIT_NAMESPACE"), name)
	ready := make(chan struct{})
	var once sync.Once
	look := func(object any) {
		if areReady(object.(*corev1.Pod), strings.Split(os.Getenv("KUBEXIT_BIRTH_DEPS"), ",")) {
			once.Do(func() { close(ready) })
		}
	}
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: pods,
		ObjectType:    &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    look,
			UpdateFunc: func(_, object any) { look(object) },
		},
	})
	stop := make(chan struct{})
	go informer.Run(stop)
	<-ready
	close(stop)
	return nil
}

// areReady says whether the status of the pod shows each of the names as ready.
func areReady(pod *corev1.Pod, names []string) bool {
	ready := map[string]bool{}
	for _, status := range pod.Status.ContainerStatuses {
		ready[status.Name] = status.Ready
	}
	for _, name := range names {
		if !ready[name] {
			return false
		}
	}
	return true
}

// run executes the command and returns its exit code.
func run(words []string) int {
	command := exec.Command(words[0], words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "informer:", err)
		return 1
	}
	return command.ProcessState.ExitCode()
}
