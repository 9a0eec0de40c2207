#!/bin/sh
# link.sh ARCH PREFIX ARCHIVE OUT — compile what is ours and the boot loader, link them with the libraries of PREFIX to
# OUT/kubexit.elf, put the archive behind it: OUT/kubexit. OUT/kubexit.debug is the ELF with its symbols.
set -eu
arch=$1 prefix=$2 archive=$3 out=$4
bootloader=.build/static/bootloader/src
python=.build/static/venv/bin/python
case $arch in
amd64) emulation=elf_x86_64 ;;
arm64) emulation=aarch64linux ;;
esac
mkdir -p "$out/objects"
build/static/compiler.sh "$arch" "$out/tools"
cc=$out/tools/cc
zig=$($python -c 'import ziglang, pathlib; print(pathlib.Path(ziglang.__file__).with_name("zig"))')

flags="-O2 -g0 -fPIC -fomit-frame-pointer -fno-unwind-tables -fno-asynchronous-unwind-tables -ffunction-sections
    -fdata-sections -fstack-protector-strong"
strict="-Wall -Wextra -Werror -I ext -I ext/static -isystem $prefix/include/python3.11 -isystem $prefix/include"
# Its own configure script finds these; main and the others: ext/static/interpreter.c.
loader="-w -I $bootloader -I $prefix/include -DNDEBUG -D_REENTRANT -D_DEFAULT_SOURCE -DPYI_USE_POSIX_SEMAPHORE
    -DHAVE_UNSETENV -DHAVE_MKDTEMP -DHAVE_DIRNAME -DHAVE_BASENAME -DHAVE_WCSDUP -DHAVE_STDBOOL_H
    -Dmain=bootloader_main -Drealpath=bootloader_realpath -Ddlopen=bootloader_dlopen -Ddlsym=bootloader_dlsym
    -Ddlclose=bootloader_dlclose -Ddlerror=bootloader_dlerror"

$python build/static/tables.py "$bootloader" "$archive/modules" "$out"
ours() {
    for source in ext/static/*.c "$out/linked.c"; do
        $cc $flags -std=gnu23 $strict -c -o "$out/objects/$(basename "$source" .c).o" "$source" || return 1
    done
    # Warnings are the gate's business (build/gate.sh), with the compiler that its list was made for.
    $cc $flags -std=gnu11 -w -DKUBEXIT_VERSION="\"$($python build/version.py)\"" -I ext \
        -isystem "$prefix/include/python3.11" -c -o "$out/objects/supervisor.o" .build/native/supervisor.c
}
ours & # beside the boot loader: two processors are usual
mkdir -p "$out/objects/bootloader"
for source in "$bootloader"/*.c; do
    case $source in
    *win32*|*apple*|*exception_dialog*) continue ;; # other systems
    esac
    $cc $flags $loader -c -o "$out/objects/bootloader/$(basename "$source" .c).o" "$source"
done
wait $!

# zig's driver does not pass on a linker script and packed relocations. It prints which files of the C library it would
# link, and its linker takes the rest.
echo 'int main(void) { return 0; }' >"$out/empty.c"
line=$(ZIG_VERBOSE_LINK=1 "$cc" -static -pie -o "$out/empty" "$out/empty.c" 2>&1 | grep "^ld.lld" | tail -n 1)
word() { # PATTERN — those words of zig's line
    echo "$line" | tr ' ' '\n' | grep "$1"
}
start=$(word '/r*crt1\.o$')
libc=$(word '/lib[a-z_]*\.a$' | grep -v ubsan)
lld() {
    "$zig" ld.lld -m $emulation -static -pie --image-base=0 --pack-dyn-relocs=relr -z rodynamic -z relro -z now \
        -z noexecstack --no-dynamic-linker --build-id=none --gc-sections --fatal-warnings "$@"
}
objects=$out/objects
lld --print-map -o "$out/supervisor.elf" $start "$objects/main.o" "$objects/supervisor.o" "$objects/relocate.o" \
    --defsym=interpreter_enter=0 --defsym=relro_begin=0 --defsym=relro_end=0 --defsym=interpreter_data=0 \
    --defsym=relocations_begin=0 --defsym=relocations_end=0 --start-group $libc --end-group >"$out/supervisor.map"
$python build/static/layout.py "$out/supervisor.map" build/static/layout.ld "$out/layout.ld"
whole() { # FLAGS…
    lld "$@" -T "$out/layout.ld" --orphan-handling=error $start "$objects"/*.o "$objects"/bootloader/*.o -L "$prefix/lib" \
        --start-group -lpython3.11 -lssl -lcrypto -lz $libc --end-group
}
whole -s -o "$out/kubexit.elf"
whole -o "$out/kubexit.debug"
for elf in "$out/kubexit.elf" "$out/kubexit.debug"; do
    $python build/static/relocations.py "$elf"
done
cat "$out/kubexit.elf" "$archive/kubexit.pkg" >"$out/kubexit"
