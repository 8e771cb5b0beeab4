/* uring_echo: the plainest fast echo server on io_uring, as a measure for others.
 *
 * usage: uring_echo LOOPS [fanout]
 *
 * It prints the address it listens on, serves until its standard input ends, and answers
 * each receive with one send. Each loop is a thread with a ring of its own: receives are multishot, into
 * buffers that the kernel takes from a pool, and a buffer goes back when its send is done. The main thread
 * accepts and deals the connections out in turn, through a pipe for each loop. With a second argument "fanout" what
 * one client sends goes to all clients, from the one buffer that it was received in, which goes back when the last send is
 * done; one loop only.
 *
 * cc -O2 -pthread -o uring_echo uring_echo.c -luring
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <liburing.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LOOPS = 64, MAX_FD = 1 << 20, BUFFERS = 4096, BUFFER = 4096, ENTRIES = 4096 };
enum { ACCEPTED = 1, RECEIVED, SENT };

/* What a connection still has to send: buffers in order, of which the first is under way. */
static struct conn {
	int head, tail; /* buffer + 1; 0: none */
	int gone;       /* nothing more will be received */
} conns[MAX_FD];

/* Of fanout: what was said, as buffers by their number, and how many clients have still to get each. */
static struct { int buffer, left; } casts[BUFFERS];
static unsigned said;
static struct listener { unsigned next; int place, sending; } listeners[MAX_FD];
static int clients[MAX_FD], count, fanout;

struct loop {
	struct io_uring ring;
	struct io_uring_buf_ring *pool;
	char *memory;
	int next[BUFFERS], size[BUFFERS], off[BUFFERS];
	int pipe[2], fds[64];
};

static struct loop all[MAX_LOOPS];

static struct io_uring_sqe *prepare(struct loop *l, int kind, int fd)
{
	struct io_uring_sqe *e;
	while (!(e = io_uring_get_sqe(&l->ring)))
		io_uring_submit(&l->ring);
	io_uring_sqe_set_data64(e, (uint64_t)kind << 32 | fd);
	return e;
}

/* A prep function clears user_data in some versions of liburing, so it is set again after it. */
static void tag(struct io_uring_sqe *e, int kind, int fd)
{
	io_uring_sqe_set_data64(e, (uint64_t)kind << 32 | fd);
}

static void receive(struct loop *l, int fd)
{
	struct io_uring_sqe *e = prepare(l, RECEIVED, fd);
	io_uring_prep_recv_multishot(e, fd, NULL, 0, 0);
	e->flags |= IOSQE_BUFFER_SELECT;
	tag(e, RECEIVED, fd);
}

static void send_first(struct loop *l, int fd)
{
	int b = conns[fd].head - 1;
	struct io_uring_sqe *e = prepare(l, SENT, fd);
	io_uring_prep_send(e, fd, l->memory + (size_t)b * BUFFER + l->off[b], l->size[b] - l->off[b], MSG_NOSIGNAL);
	tag(e, SENT, fd);
}

static void wait_accepted(struct loop *l)
{
	struct io_uring_sqe *e = prepare(l, ACCEPTED, 0);
	io_uring_prep_read(e, l->pipe[0], l->fds, sizeof l->fds, 0);
	tag(e, ACCEPTED, 0);
}

static void give_back(struct loop *l, int b)
{
	io_uring_buf_ring_add(l->pool, l->memory + (size_t)b * BUFFER, BUFFER, b, io_uring_buf_ring_mask(BUFFERS), 0);
	io_uring_buf_ring_advance(l->pool, 1);
}

static void end_if_idle(int fd)
{
	if (conns[fd].gone && !conns[fd].head) {
		conns[fd] = (struct conn){ 0 };
		close(fd);
	}
}

/* Starts the next send to a client, unless one is under way: MSG_WAITALL has it done whole. */
static void send_next(struct loop *l, int fd)
{
	struct listener *c = &listeners[fd];
	struct io_uring_sqe *e;
	int b;
	if (c->sending || c->next == said || conns[fd].gone)
		return;
	b = casts[c->next % BUFFERS].buffer;
	c->sending = 1;
	e = prepare(l, SENT, fd);
	io_uring_prep_send(e, fd, l->memory + (size_t)b * BUFFER, l->size[b], MSG_NOSIGNAL | MSG_WAITALL);
	tag(e, SENT, fd);
}

static void heard(struct loop *l, int fd)
{
	unsigned i = listeners[fd].next++ % BUFFERS;
	if (--casts[i].left == 0)
		give_back(l, casts[i].buffer);
}

static void say(struct loop *l, int b)
{
	casts[said % BUFFERS].buffer = b;
	casts[said++ % BUFFERS].left = count;
	for (int i = 0; i < count; i++)
		send_next(l, clients[i]);
}

static void join(int fd)
{
	listeners[fd] = (struct listener){ .next = said, .place = count };
	clients[count++] = fd;
}

/* Takes a client that is gone, and nothing under way, out of the list. */
static void leave(struct loop *l, int fd)
{
	struct listener *c = &listeners[fd];
	while (c->next != said)
		heard(l, fd);
	clients[c->place] = clients[--count];
	listeners[clients[c->place]].place = c->place;
	conns[fd] = (struct conn){ 0 };
	close(fd);
}

static void cast_sent(struct loop *l, int fd)
{
	listeners[fd].sending = 0;
	heard(l, fd);
	if (conns[fd].gone)
		leave(l, fd);
	else
		send_next(l, fd);
}

static void received(struct loop *l, int fd, struct io_uring_cqe *cqe)
{
	struct conn *c = &conns[fd];
	if (cqe->res > 0 && fanout) {
		int b = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
		l->size[b] = cqe->res;
		say(l, b);
	} else if (cqe->res > 0) {
		int b = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
		l->size[b] = cqe->res, l->off[b] = 0, l->next[b] = 0;
		if (c->head) {
			l->next[c->tail - 1] = b + 1;
			c->tail = b + 1;
		} else {
			c->head = c->tail = b + 1;
			send_first(l, fd);
		}
	}
	if (cqe->flags & IORING_CQE_F_MORE)
		return;
	if (cqe->res > 0 || cqe->res == -ENOBUFS) {
		receive(l, fd);
		return;
	}
	c->gone = 1;
	if (!fanout)
		end_if_idle(fd);
	else if (!listeners[fd].sending)
		leave(l, fd);
}

static void sent(struct loop *l, int fd, int n)
{
	struct conn *c = &conns[fd];
	int b = c->head - 1;
	if (n > 0 && (l->off[b] += n) < l->size[b]) {
		send_first(l, fd);
		return;
	}
	c->head = l->next[b];
	give_back(l, b);
	if (n <= 0) { /* the peer is gone: what is queued is lost */
		while (c->head) {
			b = c->head - 1;
			c->head = l->next[b];
			give_back(l, b);
		}
	}
	if (c->head)
		send_first(l, fd);
	else
		end_if_idle(fd);
}

static void *run(void *arg)
{
	struct loop *l = arg;
	struct io_uring_params p = { .cq_entries = 4 * ENTRIES,
		.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN };
	struct io_uring_buf_reg reg = { .ring_entries = BUFFERS };
	int err = io_uring_queue_init_params(ENTRIES, &l->ring, &p);
	if (err < 0)
		errno = -err, perror("io_uring_queue_init"), exit(1);
	if (posix_memalign((void **)&l->pool, 4096, BUFFERS * sizeof(struct io_uring_buf)) || !(l->memory = malloc((size_t)BUFFERS * BUFFER)))
		exit(1);
	reg.ring_addr = (uintptr_t)l->pool;
	if ((err = io_uring_register_buf_ring(&l->ring, &reg, 0)) < 0)
		errno = -err, perror("io_uring_register_buf_ring"), exit(1);
	io_uring_buf_ring_init(l->pool);
	for (int b = 0; b < BUFFERS; b++)
		give_back(l, b);
	wait_accepted(l);
	for (;;) {
		struct io_uring_cqe *cqe;
		unsigned head, n = 0;
		err = io_uring_submit_and_wait(&l->ring, 1);
		if (err < 0 && err != -EINTR && err != -EBUSY && err != -EAGAIN)
			errno = -err, perror("io_uring_enter"), exit(1);
		io_uring_for_each_cqe(&l->ring, head, cqe) {
			int fd = (int)io_uring_cqe_get_data64(cqe);
			switch (io_uring_cqe_get_data64(cqe) >> 32) {
			case ACCEPTED:
				for (int i = 0; i < cqe->res / (int)sizeof(int); i++) {
					receive(l, l->fds[i]);
					if (fanout)
						join(l->fds[i]);
				}
				wait_accepted(l);
				break;
			case RECEIVED:
				received(l, fd, cqe);
				break;
			case SENT:
				if (fanout)
					cast_sent(l, fd);
				else
					sent(l, fd, cqe->res);
			}
			n++;
		}
		io_uring_cq_advance(&l->ring, n);
	}
	return NULL;
}

static void *until_input_ends(void *arg)
{
	char c;
	(void)arg;
	while (read(0, &c, 1) > 0)
		;
	exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	pthread_t thread;
	int one = 1, loops = argc > 1 ? atoi(argv[1]) : 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	fanout = argc > 2 && !strcmp(argv[2], "fanout");
	if (loops < 1 || loops > MAX_LOOPS || (fanout && loops != 1))
		return 2;
	if (listener < 0 || bind(listener, (void *)&at, len) < 0 || listen(listener, 4096) < 0 ||
	    getsockname(listener, (void *)&at, &len) < 0)
		return perror("listen"), 1;
	for (int i = 0; i < loops; i++) {
		if (pipe(all[i].pipe) < 0)
			return perror("pipe"), 1;
		pthread_create(&thread, NULL, run, &all[i]);
	}
	pthread_create(&thread, NULL, until_input_ends, NULL);
	printf("127.0.0.1:%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (int turn = 0;; turn = (turn + 1) % loops) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0) {
			if (errno != EINTR && errno != ECONNABORTED)
				return perror("accept"), 1;
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (write(all[turn].pipe[1], &fd, sizeof fd) != sizeof fd)
			return perror("write"), 1;
	}
}
