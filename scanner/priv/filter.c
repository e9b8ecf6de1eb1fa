/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System call filters by libseccomp: what is not listed fails with EPERM, and so does a listed
 * call with other arguments than those listed. The lists are what the C library, OpenSSL and
 * our own code need for clocks, memory, and reading and writing what is open already.
 */
#include "scanner/priv/filter.h"

#include "common/cleanup.h"

#include <errno.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

struct rule {
	int call;
	unsigned int n;
	struct scmp_arg_cmp args[3];
};

#define CALL(name)                                                                             \
	{                                                                                      \
		SCMP_SYS(name), 0,                                                             \
		{                                                                              \
			{                                                                      \
				0                                                              \
			}                                                                      \
		}                                                                              \
	}

/* Every role. Memory may not become code. */
static const struct rule basic[] = {
	CALL(read),
	CALL(readv),
	CALL(pread64),
	CALL(write),
	CALL(writev),
	CALL(close),
	CALL(lseek),
	CALL(fstat),
	CALL(poll),
	CALL(ppoll),
	CALL(select),
	CALL(pselect6),
	CALL(brk),
	CALL(munmap),
	CALL(mremap),
	CALL(madvise),
	CALL(futex),
	CALL(clock_gettime),
	CALL(clock_nanosleep),
	CALL(nanosleep),
	CALL(gettimeofday),
	CALL(time),
	CALL(getrandom),
	CALL(getpid),
	CALL(gettid),
	CALL(getuid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getegid),
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sigaltstack),
	CALL(restart_syscall),
	CALL(sched_yield),
	CALL(exit),
	CALL(exit_group),
	{SCMP_SYS(mmap), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	{SCMP_SYS(mprotect), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
};

#define KIND_MASK (0xffffffffu & ~(unsigned int)(SOCK_NONBLOCK | SOCK_CLOEXEC))
#define SOCKET(family, kind, protocol)                                                         \
	{                                                                                      \
		SCMP_SYS(socket), 3,                                                           \
		{                                                                              \
			SCMP_A0(SCMP_CMP_EQ, family),                                          \
				SCMP_A1(SCMP_CMP_MASKED_EQ, KIND_MASK, kind),                  \
				SCMP_A2(SCMP_CMP_EQ, protocol)                                 \
		}                                                                              \
	}

/* Sending and receiving on handles that are open; ordinary connections for the greeter. Not
 * setsockopt and bind: they would take the filter off a capture, or turn it to another interface. */
static const struct rule worker[] = {
	CALL(sendto),
	CALL(sendmmsg),
	CALL(recvfrom),
	CALL(connect),
	CALL(shutdown),
	CALL(getsockopt),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_wait),
	CALL(epoll_pwait),
	SOCKET(AF_INET, SOCK_STREAM, 0),
	SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET, SOCK_DGRAM, 0),
	SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
	SOCKET(AF_INET6, SOCK_STREAM, 0),
	SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET6, SOCK_DGRAM, 0),
	SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
};

/* Looks whether the stop file is there, and waits for its child. */
static const struct rule helper[] = {
	CALL(wait4),
	CALL(waitid),
	CALL(newfstatat),
	CALL(stat),
	CALL(access),
	CALL(faccessat),
	CALL(faccessat2),
};

static int add(scmp_filter_ctx filter, const struct rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = seccomp_rule_add_array(
			filter, SCMP_ACT_ALLOW, rules[i].call, rules[i].n, rules[i].args);

		/* A call that this architecture does not have needs no rule. */
		if (r < 0 && r != -EDOM)
			return r;
	}
	return 0;
}

int filter_install(enum priv_role role, struct error *reterr)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the system call filter");
	r = add(filter, basic, ARRAY_SIZE(basic));
	if (r == 0 && role == PRIV_WORKER)
		r = add(filter, worker, ARRAY_SIZE(worker));
	if (r == 0 && role == PRIV_HELPER)
		r = add(filter, helper, ARRAY_SIZE(helper));
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r < 0 ? error_errno(reterr, ERROR_SYSTEM, -r,
			       "cannot install the system call filter; nothing was scanned")
		     : 0;
}
