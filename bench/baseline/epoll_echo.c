/* epoll_echo: the plainest fast echo server on Linux, as a measure for others.
 *
 * usage: epoll_echo LOOPS
 *
 * It prints the address it listens on, serves until its standard input ends, and
 * answers each read at once with one write. Each loop is a thread with an epoll
 * of its own; the first accepts and deals the connections out in turn. With a second
 * argument "fanout" what one client sends goes to all clients of all loops, by one
 * thread's writes: build with one loop for that.
 *
 * cc -O2 -pthread -o epoll_echo epoll_echo.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LOOPS = 64, MAX_EVENTS = 256, BUFFER = 65536, MAX_FD = 1 << 20 };

static int epolls[MAX_LOOPS], loops, listener, fanout;
static int clients[MAX_FD], count;

static void watch(int ep, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) < 0)
		perror("epoll_ctl"), exit(1);
}

static void accept_all(void)
{
	static int turn;
	int fd, one = 1;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (fanout)
			clients[count++] = fd;
		watch(epolls[turn], fd);
		turn = (turn + 1) % loops;
	}
}

static void gone(int fd)
{
	for (int i = 0; fanout && i < count; i++)
		if (clients[i] == fd)
			clients[i] = clients[--count];
	close(fd);
}

static void send_all(int fd, const char *p, ssize_t n)
{
	while (n > 0) {
		ssize_t m = send(fd, p, n, MSG_NOSIGNAL);
		if (m < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (m > 0)
			p += m, n -= m;
	}
}

static void *run(void *arg)
{
	int ep = *(int *)arg;
	char *buf = malloc(BUFFER);
	struct epoll_event evs[MAX_EVENTS];
	for (;;) {
		int n = epoll_wait(ep, evs, MAX_EVENTS, -1);
		for (int i = 0; i < n; i++) {
			int fd = evs[i].data.fd;
			if (fd == listener) {
				accept_all();
				continue;
			}
			ssize_t got = recv(fd, buf, BUFFER, 0);
			if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
				gone(fd);
			} else if (got > 0 && fanout) {
				for (int c = 0; c < count; c++)
					send_all(clients[c], buf, got);
			} else if (got > 0) {
				send_all(fd, buf, got);
			}
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	pthread_t thread;
	char c;

	loops = argc > 1 ? atoi(argv[1]) : 1;
	fanout = argc > 2 && !strcmp(argv[2], "fanout");
	if (loops < 1 || loops > MAX_LOOPS || (fanout && loops != 1))
		return 2;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (void *)&at, len) < 0 || listen(listener, 4096) < 0 ||
	    getsockname(listener, (void *)&at, &len) < 0)
		return perror("listen"), 1;
	for (int i = 0; i < loops; i++)
		epolls[i] = epoll_create1(0);
	watch(epolls[0], listener);
	for (int i = 0; i < loops; i++)
		pthread_create(&thread, NULL, run, &epolls[i]);
	printf("127.0.0.1:%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}
