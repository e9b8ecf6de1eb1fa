/* SPDX-License-Identifier: Apache-2.0 */
/* See attempts.h. */
#include "tests/unit/common/confine/attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
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

static bool can_remove_path(void)
{
	return rename("sandbox-was-left", "sandbox-is-left") == 0 || errno != EPERM;
}

static bool can_write_errors(void)
{
	return write(2, "", 0) == 0;
}

static bool can_duplicate(void)
{
	return dup(0) >= 0 || dup2(1, 0) >= 0 || fcntl(1, F_DUPFD, 0) >= 0;
}

static bool can_lift_limits(void)
{
	struct rlimit64 none = {1024, 1024};

	return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &none, NULL) == 0 ||
	       syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &none) == 0;
}

/* Without a program: whether we get as far as being told so. */
static bool bpf_goes(int command)
{
	union bpf_attr attr;

	memset(&attr, 0xff, sizeof(attr)); /* every descriptor is -1, every size too large */
	return syscall(SYS_bpf, command, &attr, sizeof(attr)) >= 0 || errno != EPERM;
}

static bool can_run_bpf(void)
{
	return bpf_goes(BPF_PROG_TEST_RUN);
}

static bool can_change_bpf(void)
{
	return bpf_goes(BPF_MAP_UPDATE_ELEM) || bpf_goes(BPF_PROG_LOAD) ||
	       bpf_goes(BPF_MAP_CREATE) || bpf_goes(BPF_OBJ_GET) || bpf_goes(BPF_LINK_CREATE) ||
	       bpf_goes(BPF_PROG_GET_FD_BY_ID);
}

const struct attempt attempts[] = {
	{"open a file", can_open, 0},
	{"open memory", can_open_relative, 0},
	{"create a file", can_create, 0},
	{"remove a file", can_unlink, 0},
	{"start a program", can_exec, 0},
	{"fork", can_fork, 0},
	{"trace another process", can_ptrace, 0},
	{"signal another process", can_kill, 0},
	{"read another's memory", can_read_others, 0},
	{"open a packet socket", can_packet, 0},
	{"open a raw socket", can_raw, 0},
	{"open a ping socket", can_ping, 0},
	{"open a unix socket", can_unix, 0},
	{"open a netlink socket", can_netlink, 0},
	{"make code", can_make_code, 0},
	{"become root", can_become_root, 0},
	{"make a namespace", can_new_namespace, 0},
	{"listen on a port", can_listen, 0},
	{"change a socket", can_set_options, 0},
	{"have others signalled", can_be_signalled_for, 0},
	{"connect as a client", can_stream, BY_WORKER},
	{"open any socket", can_any_socket, BY_WORKER},
	{"look at a file", can_stat, BY_HELPER},
	{"rename a file", can_remove_path, 0},
	{"run a BPF program", can_run_bpf, BY_WORKER_BPF},
	{"load a BPF program or change its maps", can_change_bpf, 0},
	{"lift a limit", can_lift_limits, 0},
	{"duplicate a descriptor", can_duplicate, 0},
	{"write errors", can_write_errors, BY_WORKER | BY_LISTENER | BY_HELPER},
	{"allocate", can_allocate, BY_WORKER | BY_LISTENER | BY_HELPER | BY_READER},
};
const size_t n_attempts = sizeof(attempts) / sizeof(*attempts);

void attempt_all(uint8_t *answers)
{
	for (size_t i = 0; i < n_attempts; i++)
		answers[i] = attempts[i].can();
}

int attempts_compare(const uint8_t *answers, unsigned int whose)
{
	int wrong = 0;

	for (size_t i = 0; i < n_attempts; i++) {
		if (answers[i] == !!(attempts[i].allowed & whose))
			continue;
		fprintf(stderr, "%s: %s\n", attempts[i].name,
			answers[i] ? "possible" : "denied");
		wrong++;
	}
	return wrong;
}
