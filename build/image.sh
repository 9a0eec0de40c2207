#!/bin/sh
# image.sh — the two images of Dockerfile.distroless from the file in dist/, by the container tool that is there:
# docker, podman or buildah; CONTAINER_TOOL names one. Says what it made. Nothing is downloaded.
# IMAGE is the name of the image without its tag (kubexit); ARCH as in `make static`; FILE=source builds the file
# in a container too, which does download.
set -eu
name=${IMAGE:-kubexit}
made=${FILE:-prebuilt}
case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
esac
arch=${ARCH:-$arch}
file=dist/kubexit-linux-$arch
version=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' pyproject.toml)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
# The time of the commit, not of the build: one file and one commit give one image.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)

tool() { # the first that works: a docker client without its daemon builds nothing
    for tool in ${CONTAINER_TOOL:-docker podman buildah}; do
        case $tool in
            docker) docker version >/dev/null 2>&1 ;;
            *) command -v "$tool" >/dev/null 2>&1 ;;
        esac && return
    done
    echo "kubexit: no ${CONTAINER_TOOL:-docker with a daemon, podman or buildah} here;" \
        "build/machine.sh containers installs podman" >&2
    return 1
}

build() { # TARGET TAG
    case $tool in
        # Its older builder makes every stage, also the one from source that is not asked for.
        docker) set -- "$@" build && export DOCKER_BUILDKIT=1 ;;
        # One time in every layer. Without --layers the stage `kubexit` is taken away again after `ca` was made of it,
        # its name too.
        *) set -- "$@" build --timestamp "$epoch" --layers ;;
    esac
    target=$1 tag=$2
    shift 2
    SOURCE_DATE_EPOCH=$epoch "$tool" "$@" --quiet --file Dockerfile.distroless --platform "linux/$arch" \
        --target "$target" --tag "$tag" --build-arg FILE="$made" --build-arg TARGETARCH="$arch" \
        --build-arg VERSION="$version" --build-arg REVISION="$revision" --build-arg CREATED="$created" \
        --build-arg SOURCE_DATE_EPOCH="$epoch" . >>.build/image.log
}

archive() { # TAG FILE — as it would be kept without compression
    case $tool in
        buildah) buildah push --quiet "$1" "docker-archive:$2:$1" ;;
        *) "$tool" save --output "$2" "$1" ;;
    esac >>.build/image.log 2>&1
}

tool
mkdir -p .build/image
: >.build/image.log
if [ "$made" = prebuilt ]; then
    [ -f "$file" ] || { echo "kubexit: there is no $file: make static${ARCH:+ ARCH=$ARCH}" >&2; exit 1; }
    build/imageroot.sh "$file" ".build/image/$arch"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for target in kubexit ca; do
    tag=$name:$version
    [ $target = kubexit ] || tag=$tag-$target
    build $target "$tag" || { tail -n 40 .build/image.log >&2; exit 1; }
    archive "$tag" "$work/$target.tar"
    printf '  %-24s linux/%s by %s: %s KiB, %s KiB compressed\n' "$tag" "$arch" "$tool" \
        "$(($(stat -c %s "$work/$target.tar") / 1024))" "$(($(gzip -c "$work/$target.tar" | wc -c) / 1024))"
done
