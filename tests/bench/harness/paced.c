// paced HOST PORT CONNECTIONS RATE SECONDS: sends HTTP/1.1 requests at a fixed rate on kept
// connections, whatever the answers do, and prints `requests p50_us p99_us`. Latency counts from
// the moment a request was due, so that a stall shows in every request it delayed (wrk2's way; wrk
// and h2load do not do this).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP_SECONDS 1
#define MAX_CONNECTIONS 256

struct connection {
	int fd;
	size_t missing;
	int64_t due;
};

static char request[256];
static size_t request_length;
static size_t response_length;

static void fail(const char *what)
{
	fprintf(stderr, "paced: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int dial(const char *host, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
		fail("address");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

// Every answer of the backend is as long as its first: the body is fixed and so is the length of a
// date.
static void learn_response_length(int fd)
{
	char buffer[65536];
	size_t used = 0;

	if (write(fd, request, request_length) != (ssize_t)request_length)
		fail("write");
	for (;;) {
		ssize_t n = read(fd, buffer + used, sizeof(buffer) - 1 - used);
		char *body, *length;

		if (n <= 0)
			fail("no answer");
		used += n;
		buffer[used] = 0;
		body = strstr(buffer, "\r\n\r\n");
		length = strcasestr(buffer, "content-length:");
		if (!body)
			continue;
		if (!length || strncmp(buffer, "HTTP/1.1 200", 12))
			fail("unexpected answer");
		response_length = body + 4 - buffer + strtoul(length + 15, NULL, 10);
		if (used == response_length)
			return;
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void send_request(struct connection *c, int64_t due)
{
	c->due = due;
	c->missing = response_length;
	if (write(c->fd, request, request_length) != (ssize_t)request_length)
		fail("write");
}

int main(int argc, char **argv)
{
	static struct connection connections[MAX_CONNECTIONS];
	static struct connection *idle[MAX_CONNECTIONS];
	int count, idle_count = 0, poll;
	int64_t interval, start, counted_from, total, sent = 0, due = 0, served = 0, done = 0;
	int64_t *latencies, *waiting;

	if (argc != 6)
		return 64;
	count = atoi(argv[3]);
	interval = 1000000000LL / atoi(argv[4]);
	total = (int64_t)atoi(argv[4]) * (atoi(argv[5]) + WARM_UP_SECONDS);
	if (count < 1 || count > MAX_CONNECTIONS)
		return 64;
	latencies = calloc(total, sizeof(*latencies));
	waiting = calloc(total, sizeof(*waiting));
	request_length =
		snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: bench\r\n\r\n");
	poll = epoll_create1(0);
	for (int i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};

		connections[i].fd = dial(argv[1], atoi(argv[2]));
		learn_response_length(connections[i].fd);
		fcntl(connections[i].fd, F_SETFL, O_NONBLOCK);
		epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].fd, &event);
		idle[idle_count++] = &connections[i];
	}
	start = now();
	counted_from = start + WARM_UP_SECONDS * 1000000000LL;
	while (served < total) {
		struct epoll_event events[64];
		int64_t t = now(), wait;
		struct timespec timeout;
		int n;

		for (; due < total && start + due * interval <= t; due++)
			waiting[due] = start + due * interval;
		for (; sent < due && idle_count; sent++)
			send_request(idle[--idle_count], waiting[sent]);
		wait = due < total ? start + due * interval - now() : 1000000000LL;
		if (wait < 0)
			wait = 0;
		timeout.tv_sec = wait / 1000000000LL;
		timeout.tv_nsec = wait % 1000000000LL;
		n = epoll_pwait2(poll, events, 64, &timeout, NULL);
		if (n == 0 && due == total && t > start + total * interval + 10000000000LL)
			fail("answers missing");
		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;
			char buffer[65536];
			ssize_t got = read(c->fd, buffer, sizeof(buffer));

			if (got < 0 && errno == EAGAIN)
				continue;
			if (got <= 0 || (size_t)got > c->missing)
				fail("connection broke");
			c->missing -= got;
			if (c->missing)
				continue;
			served++;
			if (c->due >= counted_from)
				latencies[done++] = now() - c->due;
			idle[idle_count++] = c;
		}
	}
	qsort(latencies, done, sizeof(*latencies), by_value);
	printf("%lld %.1f %.1f\n", (long long)done, latencies[done / 2] / 1000.0,
	       latencies[done * 99 / 100] / 1000.0);
	return 0;
}
