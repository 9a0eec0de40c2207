#!/bin/sh
# openssl.sh ARCH PREFIX — OpenSSL in the current folder, as PREFIX/lib/lib{ssl,crypto}.a and its headers: what a TLS 1.2
# and 1.3 client with Python's ssl and hashlib modules needs. Code that is left out cannot have a
# vulnerability, and saves time and size. scrypt stays although it is never called: without it, CPython's configure
# silently leaves out _hashlib.
set -eu
prefix=$2
case $1 in
amd64) target=linux-x86_64 ;;
arm64) target=linux-aarch64 ;;
esac
# async: wants ucontext, which musl does not have. dso, engine, module, autoload-config: nothing is ever loaded, and no
# openssl.cnf of the image changes what kubexit does. ui-console: there is no user who types.
perl ./Configure "$target" --prefix=/usr --libdir=lib --openssldir=/etc/ssl \
    no-shared no-tests no-apps no-docs no-dso no-engine no-module no-legacy no-async no-autoload-config no-ui-console \
    no-ssl3 no-tls1 no-tls1_1 no-weak-ssl-ciphers no-dgram no-dtls no-quic no-srtp no-nextprotoneg no-srp no-psk no-ct \
    no-cms no-cmp no-ts no-http no-rfc3779 no-comp \
    no-idea no-seed no-camellia no-aria no-bf no-cast no-rc2 no-rc4 no-des no-md4 no-mdc2 no-whirlpool no-rmd160 \
    no-sm2 no-sm3 no-sm4 no-gost no-dsa no-siv no-ocb no-ec2m no-ml-dsa no-slh-dsa \
    CC=cc AR=ar RANLIB=ranlib CFLAGS="$CFLAGS"
make -j"${JOBS:-2}" build_generated
make -j"${JOBS:-2}" libcrypto.a libssl.a
mkdir -p "$prefix/lib" "$prefix/include"
cp libcrypto.a libssl.a "$prefix/lib/"
cp -r include/openssl "$prefix/include/"
find "$prefix/include/openssl" -name '*.in' -delete
