/*
 * inmate: what the tests in a sandbox need inside of it, where there is no shell.
 *
 *     inmate notify TEXT ...   send each text to NOTIFY_SOCKET, as sd_notify(3) does; READY, then wait
 *     inmate read FILE         print a file
 *     inmate touch FILE        make an empty file
 *     inmate serve PORT        answer every HTTP request on the loopback address with 200
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int failed(const char *what)
{
	dprintf(2, "inmate: %s: %s\n", what, strerror(errno));
	return 1;
}

static int notify(char **texts)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *name = getenv("NOTIFY_SOCKET");
	if (name == NULL || strlen(name) >= sizeof address.sun_path) {
		dprintf(2, "inmate: no NOTIFY_SOCKET\n");
		return 1;
	}
	size_t length = strlen(name);
	memcpy(address.sun_path, name, length);
	if (name[0] == '@') /* an abstract address begins with a zero byte, unix(7) */
		address.sun_path[0] = 0;
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return failed("socket");
	for (; *texts; texts++)
		if (sendto(descriptor, *texts, strlen(*texts), 0, (struct sockaddr *)&address,
			   offsetof(struct sockaddr_un, sun_path) + length) < 0)
			return failed("sendto");
	dprintf(1, "READY\n");
	for (;;)
		pause();
}

static int show(const char *file)
{
	char text[65536];
	int descriptor = open(file, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return failed(file);
	ssize_t length = read(descriptor, text, sizeof text);
	if (length < 0)
		return failed(file);
	return write(1, text, length) == length ? 0 : failed("write");
}

static int touch(const char *file)
{
	int descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return descriptor < 0 ? failed(file) : 0;
}

static int serve(int port)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	char request[4096];
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 16) < 0)
		return failed("serve");
	dprintf(1, "READY\n");
	for (;;) {
		int client = accept(server, NULL, NULL);
		if (client < 0)
			return failed("accept");
		if (read(client, request, sizeof request) > 0 && write(client, answer, sizeof answer - 1) < 0)
			dprintf(2, "inmate: the client has gone\n");
		close(client);
	}
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "notify") == 0)
		return notify(argv + 2);
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return show(argv[2]);
	if (argc == 3 && strcmp(argv[1], "touch") == 0)
		return touch(argv[2]);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(atoi(argv[2]));
	dprintf(2, "inmate: notify TEXT ... | read FILE | touch FILE | serve PORT\n");
	return 2;
}
