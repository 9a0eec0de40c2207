"""The entry points of images: from a registry, or from podman or docker on this machine."""
