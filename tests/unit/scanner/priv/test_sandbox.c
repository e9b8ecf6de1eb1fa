/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As if the parser had been taken over: everything that would help an attacker is tried from
 * inside of each role's sandbox, and must be denied; what the role needs must still work.
 */
#include "tests/unit/unit.h"

#include "scanner/priv/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool can_open(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool can_open_relative(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR) >= 0;
}

static bool can_create(void)
{
	return open("sandbox-was-left", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool can_unlink(void)
{
	return unlink("sandbox-was-left") == 0 || errno != EPERM;
}

static bool can_exec(void)
{
	char *const words[] = {(char *)"true", NULL};

	execv("/bin/true", words); /* never returns if it is allowed */
	return false;
}

static bool can_fork(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (child == 0)
		_exit(0);
	return child > 0;
}

static bool can_ptrace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ||
	       ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool can_kill(void)
{
	return kill(getppid(), 0) == 0;
}

static bool can_read_others(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&byte, 1};

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) >= 0;
}

static bool can_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool can_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_TCP) >= 0 ||
	       socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6) >= 0;
}

static bool can_ping(void)
{
	return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0;
}

static bool can_unix(void)
{
	int pair[2];

	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ||
	       socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static bool can_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool can_make_code(void)
{
	void *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		       MAP_FAILED ||
	       mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool can_become_root(void)
{
	return setuid(0) == 0 || setresuid(0, 0, 0) == 0;
}

static bool can_new_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static bool can_listen(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0 &&
	       listen(fd, 1) == 0;
}

/* What would take the filter off a capture, or turn a handle to another interface. */
static bool can_set_options(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4096;

	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0 ||
	       bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0;
}

static bool can_be_signalled_for(void)
{
	return fcntl(0, F_SETOWN, getppid()) == 0; /* SIGIO for somebody else */
}

static bool can_stream(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) >= 0 &&
	       socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) >= 0 &&
	       socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0 &&
	       socket(AF_INET6, SOCK_DGRAM, 0) >= 0 && epoll_create1(EPOLL_CLOEXEC) >= 0;
}

static bool can_any_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool can_stat(void)
{
	struct stat st;

	return stat("/", &st) == 0;
}

static bool can_allocate(void)
{
	void *big = malloc(64 << 20);
	bool good = big != NULL;

	free(big);
	return good;
}

struct attempt {
	const char *name;
	bool (*can)(void);
	bool worker, listener, helper;
};

static const struct attempt attempts[] = {
	{"open a file", can_open, false, false, false},
	{"open memory", can_open_relative, false, false, false},
	{"create a file", can_create, false, false, false},
	{"remove a file", can_unlink, false, false, false},
	{"start a program", can_exec, false, false, false},
	{"fork", can_fork, false, false, false},
	{"trace another process", can_ptrace, false, false, false},
	{"signal another process", can_kill, false, false, false},
	{"read another's memory", can_read_others, false, false, false},
	{"open a packet socket", can_packet, false, false, false},
	{"open a raw socket", can_raw, false, false, false},
	{"open a ping socket", can_ping, false, false, false},
	{"open a unix socket", can_unix, false, false, false},
	{"open a netlink socket", can_netlink, false, false, false},
	{"make code", can_make_code, false, false, false},
	{"become root", can_become_root, false, false, false},
	{"make a namespace", can_new_namespace, false, false, false},
	{"listen on a port", can_listen, false, false, false},
	{"change a socket", can_set_options, false, false, false},
	{"have others signalled", can_be_signalled_for, false, false, false},
	{"connect as a client", can_stream, true, false, false},
	{"open any socket", can_any_socket, true, false, false},
	{"look at a file", can_stat, false, false, true},
	{"allocate", can_allocate, true, true, true},
};

/* In a child: each attempt's answer as a byte. */
static void run(enum priv_role role, uint8_t *ret_answers, struct error *error)
{
	int pair[2], status;
	pid_t child;

	assert_int_equal(pipe(pair), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		uint8_t answers[sizeof(attempts) / sizeof(*attempts)];

		if (priv_enter(role, error) < 0)
			_exit(1);
		for (size_t i = 0; i < sizeof(answers); i++)
			answers[i] = attempts[i].can();
		_exit(write(pair[1], answers, sizeof(answers)) == (ssize_t)sizeof(answers) ? 0
											   : 2);
	}
	close(pair[1]);
	assert_int_equal(read(pair[0], ret_answers, sizeof(attempts) / sizeof(*attempts)),
		sizeof(attempts) / sizeof(*attempts));
	close(pair[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void check(enum priv_role role)
{
	uint8_t answers[sizeof(attempts) / sizeof(*attempts)];
	struct error error = {0};
	int wrong = 0;

	run(role, answers, &error);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		bool wanted = role == PRIV_WORKER     ? attempts[i].worker
			      : role == PRIV_LISTENER ? attempts[i].listener
						      : attempts[i].helper;

		if (answers[i] != wanted) {
			print_error("%s: %s\n", attempts[i].name,
				answers[i] ? "possible" : "denied");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_worker(void **state)
{
	(void)state;
	check(PRIV_WORKER);
}

static void test_listener(void **state)
{
	(void)state;
	check(PRIV_LISTENER);
}

static void test_helper(void **state)
{
	(void)state;
	check(PRIV_HELPER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_worker),
		cmocka_unit_test(test_listener), cmocka_unit_test(test_helper)};

	return RUN(tests);
}
