// Both ends of a connection with next to nothing in them, so that what is left is the kernel's way
// between them.
//   meet serve PORT                      answers what it reads, one connection after another
//   meet connect ADDRESS PORT SECONDS    connects, sends a byte, reads it back, closes; again and
//                                        again
//   meet pingpong ADDRESS PORT SECONDS   sends 64 bytes and reads them back on one connection
//   meet options ADDRESS PORT SECONDS    asks a connection for SO_ERROR
// All but the first print `COUNT WALL_NS CPU_NS`.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SO_ORIGINAL_DST 80
#define MESSAGE 64
// Between two looks at the clock.
#define BATCH 50

static struct sockaddr_in6 to;
static char message[MESSAGE];

static void fail(const char *what)
{
	fprintf(stderr, "meet: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void no_delay(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void serve(int port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int listener = socket(AF_INET6, SOCK_STREAM, 0), off = 0, one = 1;

	setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 128))
		fail("listen");
	for (;;) {
		struct sockaddr_in original;
		socklen_t length = sizeof(original);
		char buffer[MESSAGE];
		int fd = accept(listener, NULL, NULL);
		ssize_t n;

		if (fd < 0)
			fail("accept");
		no_delay(fd);
		// A proxy asks every connection where it was going.
		getsockopt(fd, IPPROTO_IP, SO_ORIGINAL_DST, &original, &length);
		while ((n = read(fd, buffer, sizeof(buffer))) > 0)
			if (write(fd, buffer, n) != n)
				break;
		close(fd);
	}
}

// As most runtimes do it: IPv4 by an IPv6 socket.
static int dial(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("connect");
	return fd;
}

static void round_trip(int fd, size_t size)
{
	if (write(fd, message, size) != (ssize_t)size || read(fd, message, size) != (ssize_t)size)
		fail("round trip");
}

static void connect_once(void)
{
	int fd = dial();

	round_trip(fd, 1);
	close(fd);
}

static int kept;

static void pingpong_once(void)
{
	round_trip(kept, MESSAGE);
}

static void option_once(void)
{
	int value;
	socklen_t length = sizeof(value);

	if (getsockopt(kept, SOL_SOCKET, SO_ERROR, &value, &length))
		fail("getsockopt");
}

int main(int argc, char **argv)
{
	void (*once)(void) = NULL;
	int64_t count = 0, start, cpu, end;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(atoi(argv[2]));
	if (argc != 5 || inet_pton(AF_INET6, argv[2], &to.sin6_addr) != 1)
		return 64;
	to.sin6_family = AF_INET6;
	to.sin6_port = htons(atoi(argv[3]));
	if (!strcmp(argv[1], "connect"))
		once = connect_once;
	else if (!strcmp(argv[1], "pingpong"))
		once = pingpong_once;
	else if (!strcmp(argv[1], "options"))
		once = option_once;
	else
		return 64;
	if (once != connect_once) {
		kept = dial();
		no_delay(kept);
	}
	start = now(CLOCK_MONOTONIC);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	end = start + (int64_t)(atof(argv[4]) * 1e9);
	while (now(CLOCK_MONOTONIC) < end)
		for (int i = 0; i < BATCH; i++, count++)
			once();
	printf("%lld %lld %lld\n", (long long)count, (long long)(now(CLOCK_MONOTONIC) - start),
	       (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - cpu));
	return 0;
}
