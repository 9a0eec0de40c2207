/* OpenSSL reads its tables of algorithms when the first context is made. That takes 2 ms of the 20 until the first look at
 * the API, and needs nothing of the interpreter: a thread does it while the interpreter starts. */
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "tls.h"

static void *make_context(void *nothing)
{
    SSL_CTX_free(SSL_CTX_new(TLS_client_method())); /* OpenSSL keeps what it has read */
    return nothing;
}

void tls_prepare(void)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the interpreter's thread (signal(7)) */
    if (pthread_create(&thread, NULL, make_context, NULL) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
