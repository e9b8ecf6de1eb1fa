/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System call filters by libseccomp. The lists are what the C library, the parsers, OpenSSL and
 * our own code need once everything is open that will be used. See confine.h.
 */
#include "common/confine/confine.h"

#include "common/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

struct rule {
	unsigned int sets;
	int call;
	unsigned int n;
	struct scmp_arg_cmp args[3];
};

#define ALL (CONFINE_PARSE | CONFINE_HANDLES)

#define CALL(sets, name)                                                                       \
	{                                                                                      \
		sets, SCMP_SYS(name), 0,                                                       \
		{                                                                              \
			{                                                                      \
				0                                                              \
			}                                                                      \
		}                                                                              \
	}

/* On one descriptor only. */
#define ON(fd, name)                                                                           \
	{                                                                                      \
		CONFINE_PARSE, SCMP_SYS(name), 1, { SCMP_A0(SCMP_CMP_EQ, fd) }                 \
	}

#define KIND_MASK (0xffffffffu & ~(unsigned int)(SOCK_NONBLOCK | SOCK_CLOEXEC))
#define SOCKET(family, kind, protocol)                                                         \
	{                                                                                      \
		CONFINE_SOCKETS, SCMP_SYS(socket), 3,                                          \
		{                                                                              \
			SCMP_A0(SCMP_CMP_EQ, family),                                          \
				SCMP_A1(SCMP_CMP_MASKED_EQ, KIND_MASK, kind),                  \
				SCMP_A2(SCMP_CMP_EQ, protocol)                                 \
		}                                                                              \
	}

#define OPTION(level, name)                                                                    \
	{                                                                                      \
		CONFINE_SOCKETS, SCMP_SYS(setsockopt), 2,                                      \
		{                                                                              \
			SCMP_A1(SCMP_CMP_EQ, level), SCMP_A2(SCMP_CMP_EQ, name)                \
		}                                                                              \
	}

static const struct rule rules[] = {
	/* Memory, which may not become code; locks; ending. */
	CALL(ALL, brk),
	CALL(ALL, munmap),
	CALL(ALL, mremap),
	CALL(ALL, madvise),
	CALL(ALL, futex),
	CALL(ALL, sched_yield),
	CALL(ALL, getrandom),
	CALL(ALL, rt_sigprocmask),
	CALL(ALL, rt_sigreturn),
	CALL(ALL, sigaltstack), /* AddressSanitizer, before a process ends */
	CALL(ALL, exit),
	CALL(ALL, exit_group),
	{ALL, SCMP_SYS(mmap), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	{ALL, SCMP_SYS(mprotect), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	/* A stream in, a stream out. */
	ON(0, read),
	ON(0, readv),
	ON(0, lseek),
	ON(1, write),
	ON(1, writev),
	ON(CONFINE_REPORTS_TO, write),
	{CONFINE_PARSE, SCMP_SYS(fcntl), 1, {SCMP_A1(SCMP_CMP_EQ, F_GETFL)}}, /* fdopen(3) */
	/* Whatever is open. */
	CALL(CONFINE_HANDLES, read),
	CALL(CONFINE_HANDLES, readv),
	CALL(CONFINE_HANDLES, pread64),
	CALL(CONFINE_HANDLES, write),
	CALL(CONFINE_HANDLES, writev),
	CALL(CONFINE_HANDLES, close),
	CALL(CONFINE_HANDLES, lseek),
	CALL(CONFINE_HANDLES, fstat),
	CALL(CONFINE_HANDLES, poll),
	CALL(CONFINE_HANDLES, ppoll),
	CALL(CONFINE_HANDLES, select),
	CALL(CONFINE_HANDLES, pselect6),
	CALL(CONFINE_HANDLES, clock_gettime),
	CALL(CONFINE_HANDLES, clock_nanosleep),
	CALL(CONFINE_HANDLES, nanosleep),
	CALL(CONFINE_HANDLES, gettimeofday),
	CALL(CONFINE_HANDLES, time),
	CALL(CONFINE_HANDLES, getpid),
	CALL(CONFINE_HANDLES, gettid),
	CALL(CONFINE_HANDLES, getuid),
	CALL(CONFINE_HANDLES, geteuid),
	CALL(CONFINE_HANDLES, getgid),
	CALL(CONFINE_HANDLES, getegid),
	CALL(CONFINE_HANDLES, rt_sigaction),
	CALL(CONFINE_HANDLES, restart_syscall),
	/* Sending and receiving on handles that are open; ordinary connections for the greeter.
	 * Not bind, nor setsockopt but for how long the kernel goes on with a connection and
	 * whose errors it keeps: they would take the filter off a capture, or turn it to
	 * another interface. */
	CALL(CONFINE_SOCKETS, sendto),
	CALL(CONFINE_SOCKETS, sendmmsg),
	CALL(CONFINE_SOCKETS | CONFINE_TAP, recvfrom),
	CALL(CONFINE_SOCKETS, recvmsg), /* who refused a connection */
	CALL(CONFINE_SOCKETS, connect),
	CALL(CONFINE_SOCKETS, shutdown),
	OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT),
	OPTION(IPPROTO_IP, IP_RECVERR),
	OPTION(IPPROTO_IPV6, IPV6_RECVERR),
	CALL(CONFINE_SOCKETS | CONFINE_TAP, getsockopt),
	CALL(CONFINE_SOCKETS, getsockname),
	CALL(CONFINE_SOCKETS, getpeername),
	CALL(CONFINE_SOCKETS, epoll_create1),
	CALL(CONFINE_SOCKETS, epoll_ctl),
	CALL(CONFINE_SOCKETS, epoll_wait),
	CALL(CONFINE_SOCKETS, epoll_pwait),
	SOCKET(AF_INET, SOCK_STREAM, 0),
	SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET, SOCK_DGRAM, 0),
	SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
	SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), /* echo requests, nothing else */
	SOCKET(AF_INET6, SOCK_STREAM, 0),
	SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET6, SOCK_DGRAM, 0),
	SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
	SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6),
	/* A helper that waits. */
	CALL(CONFINE_CHILD, wait4),
	CALL(CONFINE_CHILD, waitid),
	CALL(CONFINE_CHILD, newfstatat),
	CALL(CONFINE_CHILD, stat),
	CALL(CONFINE_CHILD, access),
	CALL(CONFINE_CHILD, faccessat),
	CALL(CONFINE_CHILD, faccessat2),
	{CONFINE_BPF_RUN, SCMP_SYS(bpf), 1, {SCMP_A0(SCMP_CMP_EQ, BPF_PROG_TEST_RUN)}},
};

/* A call that this architecture does not have needs no rule, and one rule is enough. */
static bool is_fine(int r)
{
	return r == 0 || r == -EDOM || r == -EEXIST;
}

int confine_calls(unsigned int sets)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = 0;

	if (!filter)
		return -ENOMEM;
	for (size_t i = 0; is_fine(r) && i < ARRAY_SIZE(rules); i++)
		if (rules[i].sets & sets)
			r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].call,
				rules[i].n, rules[i].args);
	r = is_fine(r) ? seccomp_load(filter) : r;
	seccomp_release(filter);
	return r;
}
