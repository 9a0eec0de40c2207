/* OpenSSL, before the interpreter has come to it. */
#ifndef KUBEXIT_TLS_H
#define KUBEXIT_TLS_H

/* Begin to prepare what every connection needs, beside the interpreter's start. If that is not possible, OpenSSL does it
 * when it makes the first connection. The environment must not change meanwhile: OpenSSL reads it. */
void tls_prepare(void);

#endif
