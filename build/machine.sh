#!/bin/sh
# machine.sh [base|test|fuzz|static|bench|containers|release|sandbox|site|node|model|vm|ci] — is what the system has to provide there: python with venv and headers,
# a C compiler, a static libc? What is missing is installed with apt-get as root or through a sudo that asks nothing;
# otherwise one line says what to install. Nothing else of the build touches the system.
set -u
want=${1:-base}
python=${PYTHON:-python3}
cc=${CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

compiles() { # COMPILER FLAGS… — a whole program, from standard input
    "$@" -x c - -o "$work/a.out" >/dev/null 2>&1
}

missing=
need() { missing="$missing $1"; }

look() {
    missing=
    if command -v "$python" >/dev/null 2>&1; then
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
            echo "kubexit: $python is older than Python 3.11; name a newer one with PYTHON=…" >&2
            exit 1
        }
        "$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
        header=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
        [ -f "$header" ] || need python3-dev
    else
        need python3; need python3-venv; need python3-dev
    fi
    if command -v "$cc" >/dev/null 2>&1; then
        echo 'int main(void) { return 0; }' | compiles "$cc" -static || need libc6-dev
    else
        need gcc; need libc6-dev
    fi
    command -v unshare >/dev/null 2>&1 || need util-linux
    command -v openssl >/dev/null 2>&1 || need openssl # the tests make their certificates with it
    if [ "$want" = ci ]; then
        # The gate serves with glibc as well; a full run uses the libc of the product, and skips no test.
        command -v musl-gcc >/dev/null 2>&1 || need musl-tools
        command -v git >/dev/null 2>&1 || need git
        ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need postgresql # one of the examples runs it
    fi
    if [ "$want" = test ] || [ "$want" = ci ]; then
        command -v strace >/dev/null 2>&1 || need strace
        # The first pod of the documentation has it, and its shell reads the scripts of the virtual machines.
        busybox --list 2>/dev/null | grep -qx httpd || need busybox-static
    fi
    if [ "$want" = static ] || [ "$want" = ci ]; then
        # OpenSSL's Configure is Perl, and more than perl-base has; Debian's sources are packed by xz, patched by patch.
        command -v make >/dev/null 2>&1 || need make
        perl -MFindBin -MIPC::Cmd -e 1 >/dev/null 2>&1 || need perl
        command -v patch >/dev/null 2>&1 || need patch
        command -v xz >/dev/null 2>&1 || need xz-utils
        command -v readelf >/dev/null 2>&1 || need binutils
        # What was built for another architecture is tested in an emulator; a static one, for roots without libraries.
        if [ "$want" = ci ] || [ "${ARCH:-amd64}" = arm64 ] && [ "$(uname -m)" = x86_64 ]; then
            command -v qemu-aarch64-static >/dev/null 2>&1 || need qemu-user-static
        fi
    fi
    if [ "$want" = bench ] || [ "$want" = ci ]; then
        # The peers beside which kubexit is measured.
        command -v tini-static >/dev/null 2>&1 || need tini
        command -v dumb-init >/dev/null 2>&1 || need dumb-init
        command -v catatonit >/dev/null 2>&1 || need catatonit
    fi
    if [ "$want" = containers ] || [ "$want" = ci ]; then
        command -v podman >/dev/null 2>&1 || need podman
        command -v skopeo >/dev/null 2>&1 || need skopeo # which pushes to the registry of the tests
        command -v runc >/dev/null 2>&1 || need runc # where crun cannot start containers, as with mixed control groups
        command -v catatonit >/dev/null 2>&1 || need catatonit # what holds a pod together
    fi
    if [ "$want" = sandbox ] || [ "$want" = ci ]; then
        # gVisor. Debian has the package for amd64 alone.
        [ "$(uname -m)" != x86_64 ] || command -v runsc >/dev/null 2>&1 || need runsc
    fi
    if [ "$want" = model ] || [ "$want" = test ] || [ "$want" = ci ]; then
        command -v spin >/dev/null 2>&1 || need spin # searches the model of the graveyard protocol
    fi
    if [ "$want" = vm ] || [ "$want" = ci ]; then
        # Emulators of whole machines, in which other kernels run.
        command -v qemu-system-x86_64 >/dev/null 2>&1 || need qemu-system-x86
    fi
    if [ "$want" = vm ]; then
        command -v qemu-system-aarch64 >/dev/null 2>&1 || need qemu-system-arm
    fi
    if [ "$want" = site ]; then
        # A browser without a screen, to look at the website.
        command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 ||
            need chromium-headless-shell
    fi
    if [ "$want" = node ] || [ "$want" = ci ]; then
        command -v ip >/dev/null 2>&1 || need iproute2
        # runc filters system calls with it; linked in, so the node needs it no longer once runc is built.
        [ "$("$cc" -print-file-name=libseccomp.a 2>/dev/null)" != libseccomp.a ] || need libseccomp-dev
        command -v pkg-config >/dev/null 2>&1 || need pkg-config # by which the Go toolchain finds it
    fi
    if [ "$want" = release ] || [ "$want" = ci ]; then
        command -v groff >/dev/null 2>&1 || need groff-base # reads the manual page
        command -v git >/dev/null 2>&1 || need git # which krew wants to see
        command -v unzip >/dev/null 2>&1 || need unzip # of the page on verification
        command -v zsh >/dev/null 2>&1 || need zsh # reads the completions, as the next
        command -v fish >/dev/null 2>&1 || need fish
    fi
    if [ "$want" = fuzz ] || [ "$want" = ci ]; then
        echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return d && n < 0; }' |
            compiles "${CLANG:-clang}" -fsanitize=fuzzer,address || { need clang; need "libclang-rt-14-dev"; }
    fi
}

look
[ -z "$missing" ] && exit 0
hint="kubexit: this machine lacks:$missing; install them with: apt-get install --no-install-recommends$missing"
root=
if [ "$(id -u)" -ne 0 ]; then
    root="sudo -n"
    sudo -n true 2>/dev/null || { echo "$hint" >&2; exit 1; }
fi
command -v apt-get >/dev/null 2>&1 || { echo "$hint" >&2; exit 1; }
echo "kubexit: installing what this machine lacks:$missing"
export DEBIAN_FRONTEND=noninteractive
install() { # shellcheck disable=SC2086 -- a list of words is meant
    $root apt-get install -q -y --no-install-recommends $missing
}
install >"$work/log" 2>&1 || { $root apt-get update -q && install; } >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    echo "$hint" >&2
    exit 1
}
found=$missing
look
[ -z "$missing" ] || {
    echo "kubexit: still missing after installing$found:$missing; is $python the system's own python3? try PYTHON=/usr/bin/python3" >&2
    exit 1
}
