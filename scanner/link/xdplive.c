/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the XDP program and runs it; see xdplive.h.
 *
 * Who may change what. Scope, rate, interface and headers are loaded and frozen here, and their
 * descriptors closed. Two maps are mapped for the worker to write: the round and its ranges,
 * which say whom to ask next. The program's own state is mapped for reading only.
 *
 * For each test run Linux takes the program into its dispatcher and out of it again, and waits
 * for all processors both times. A program that is attached somewhere is in it already. So it
 * is attached where it can never run: the loopback interface, which is down, of a network
 * namespace that nobody else is in.
 *
 * References: Documentation/bpf/bpf_prog_run.rst and map_lpm_trie.rst of Linux.
 */
#include "scanner/link/xdplive.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "scanner/link/netdev.h"
#include "scanner/link/xdplive_arith.h"
#include "scanner/link/xdplive_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000ULL
#define NS_PER_US 1000
#define DEPTH_NS 2000000ULL /* as PACE_DEPTH_US */
#define CALL_NS 1000000ULL  /* what one call sends, at the highest rate */
#define CALL_MAX 16384u
#define BATCH 64 /* frames between two looks at the device's queue */
#define SYN_BYTES 58
#define LOOPBACK 1 /* its number in every namespace */

struct xdplive {
	uint8_t interface;
	struct addr source;
	size_t ranges_max;
	int program, attached, away; /* descriptors */
	int why;		     /* errno of a thread that failed */
	struct xdplive_round *round;
	struct xdplive_range *ranges;
	const struct xdplive_state *state;
	uint64_t interval_ns, call_ns;
	uint64_t sent, refused, skipped; /* before the running pass */
};

static size_t pages(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static void unmap(const void *at, size_t bytes)
{
	if (at)
		munmap((void *)at, pages(bytes));
}

void xdplive_close(struct xdplive *x)
{
	if (!x)
		return;
	unmap(x->round, sizeof(*x->round));
	unmap(x->ranges, x->ranges_max * sizeof(*x->ranges));
	unmap(x->state, sizeof(*x->state));
	cleanup_closep(&x->attached);
	cleanup_closep(&x->away);
	cleanup_closep(&x->program);
	free(x);
}
CLEANUP_DEFINE(struct xdplive, xdplive_close)

static void object_closep(struct bpf_object **object)
{
	bpf_object__close(*object);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list list)
{
	(void)level, (void)format, (void)list;
	return 0;
}

static int refuse(int errnum, const char *what, struct error *reterr)
{
	if (errnum == EPERM || errnum == EACCES)
		return error_errno(reterr, ERROR_PERMISSION, errnum,
			"no XDP live frames: cannot %s, which takes root", what);
	return error_errno(
		reterr, ERROR_NETWORK, errnum, "no XDP live frames: cannot %s", what);
}

/* One prefix of the scope at a time: counted first, then put into the map. */
struct filling {
	int map; /* -1: only count */
	int64_t wall_us, clock_us;
	size_t n;
};

/* Wall time as ns of the monotonic clock, far ones as never. */
static uint64_t to_clock(const struct filling *f, int64_t until_us)
{
	int64_t left, until_clock_us;

	if (__builtin_sub_overflow(until_us, f->wall_us, &left) ||
		__builtin_add_overflow(left, f->clock_us, &until_clock_us) ||
		until_clock_us > INT64_MAX / NS_PER_US)
		return INT64_MAX;
	return until_clock_us < 0 ? 0 : (uint64_t)until_clock_us * NS_PER_US;
}

static int fill(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	struct filling *f = context;
	struct xdplive_prefix key = {.length = prefix->length};
	uint64_t value = verdict == SCOPE_ALLOWED ? to_clock(f, until_us) : 0;

	f->n++;
	if (f->map < 0)
		return 0;
	memcpy(&key.base_be, prefix->base.bytes, sizeof(key.base_be));
	return bpf_map_update_elem(f->map, &key, &value, BPF_ANY) < 0
		       ? refuse(errno, "load the scope", reterr)
		       : 0;
}

static int set_fixed(struct xdplive *x, struct bpf_object *object, const struct link_options *o,
	struct error *reterr)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
	const struct template *syn = o->live.syn;
	struct xdplive_fixed fixed = {.interval_ns = x->interval_ns,
		.depth_ns = DEPTH_NS,
		.ifindex = o->interfaces[o->live.interface].index};
	bool fit = map && syn->size == SYN_BYTES && syn->family == 4;

	if (fit)
		xdplive_fix(
			&fixed, syn->bytes, SYN_BYTES, syn->network_sum, syn->transport_sum);
	x->source = addr_v4(fixed.source);
	if (!fit || bpf_map__set_initial_value(map, &fixed, sizeof(fixed)) < 0)
		return error_set(reterr, ERROR_INTERNAL,
			"no XDP live frames: program and template are not of one kind");
	return 0;
}

static int size_maps(const struct xdplive *x, struct bpf_object *object, size_t n_prefixes)
{
	struct bpf_map *scope = bpf_object__find_map_by_name(object, "scope");
	struct bpf_map *ranges = bpf_object__find_map_by_name(object, "ranges");

	if (!scope || !ranges ||
		bpf_map__set_max_entries(scope, n_prefixes ? (uint32_t)n_prefixes : 1) < 0)
		return -ENOENT;
	return bpf_map__set_max_entries(ranges, (uint32_t)x->ranges_max);
}

static void *map_in(struct bpf_object *object, const char *name, size_t bytes, int protection)
{
	void *at = mmap(NULL, pages(bytes), protection, MAP_SHARED,
		bpf_object__find_map_fd_by_name(object, name), 0);

	return at == MAP_FAILED ? NULL : at;
}

static int load(struct xdplive *x, struct bpf_object *object, const struct link_options *o,
	struct error *reterr)
{
	struct filling f = {-1, clock_wall_us(), clock_monotonic_us(), 0};
	int r = scope_walk(o->live.scope, 4, f.wall_us, fill, &f, reterr);

	if (r == 0)
		r = set_fixed(x, object, o, reterr);
	if (r < 0)
		return r;
	if (f.n > XDPLIVE_PREFIXES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"no XDP live frames: the scope has more than %d prefixes",
			XDPLIVE_PREFIXES_MAX);
	r = size_maps(x, object, f.n);
	if (r == 0)
		r = bpf_object__load(object);
	if (r < 0)
		return refuse(-r, "load the program", reterr);
	f.map = bpf_object__find_map_fd_by_name(object, "scope");
	r = scope_walk(o->live.scope, 4, f.wall_us, fill, &f, reterr);
	if (r < 0)
		return r;
	if (bpf_map_freeze(f.map) < 0)
		return refuse(errno, "freeze the scope", reterr);
	x->program =
		fcntl(bpf_program__fd(bpf_object__find_program_by_name(object, "cadastre_syn")),
			F_DUPFD_CLOEXEC, 3);
	x->round = map_in(object, "round", sizeof(*x->round), PROT_READ | PROT_WRITE);
	x->ranges = map_in(
		object, "ranges", x->ranges_max * sizeof(*x->ranges), PROT_READ | PROT_WRITE);
	x->state = map_in(object, "state", sizeof(*x->state), PROT_READ);
	return x->program < 0 || !x->round || !x->ranges || !x->state
		       ? refuse(errno, "reach the program's memory", reterr)
		       : 0;
}

/* In a thread of its own, which alone moves into the namespace and ends there. */
static void *attach_away(void *context)
{
	struct xdplive *x = context;
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_SKB_MODE);

	if (unshare(CLONE_NEWNET) == 0)
		x->away = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (x->away >= 0)
		x->attached = bpf_link_create(x->program, LOOPBACK, BPF_XDP, &options);
	x->why = errno;
	return NULL;
}

static int attach(struct xdplive *x, struct error *reterr)
{
	pthread_t thread;
	int r = pthread_create(&thread, NULL, attach_away, x);

	if (r == 0)
		r = pthread_join(thread, NULL);
	if (r != 0)
		return refuse(r, "start a thread", reterr);
	return x->attached < 0
		       ? refuse(x->why, "make a network namespace for the program", reterr)
		       : 0;
}

/* Runs the program for up to n frames. */
static int run(const struct xdplive *x, uint32_t n)
{
	static const uint8_t nothing[XDPLIVE_FRAME];
	DECLARE_LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = nothing,
		.data_size_in = sizeof(nothing), .repeat = (int)n, .batch_size = BATCH,
		.flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	return bpf_prog_test_run_opts(x->program, &options) < 0 ? -errno : 0;
}

static int check_device(const struct link_options *o, struct error *reterr)
{
	const struct link_interface *i = &o->interfaces[o->live.interface];
	uint64_t features = 0;
	int r;

	if (i->mode != LINK_ETHERNET)
		return error_set(reterr, ERROR_NETWORK,
			"no XDP live frames on interface %s: it is no Ethernet", i->name);
	r = netdev_xdp_features(i->index, &features, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "no XDP live frames on interface %s", i->name);
	if (!(features & NETDEV_XDP_TRANSMIT))
		return error_set(reterr, ERROR_NETWORK,
			"no XDP live frames on interface %s: its driver does not send them now "
			"(ndo_xdp_xmit; a veth does if its peer has GRO on)",
			i->name);
	return 0;
}

int xdplive_open(
	const struct link_options *o, struct xdplive **ret_xdplive, struct error *reterr)
{
	_cleanup_(xdplive_closep) struct xdplive *x = calloc(1, sizeof(*x));
	_cleanup_(object_closep) struct bpf_object *object = NULL;
	int r;

	if (!x)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a sender");
	x->program = x->attached = x->away = -1;
	if (!o->live.syn)
		return error_set(reterr, ERROR_USAGE,
			"no XDP live frames: they take targets that are all behind IPv4 "
			"gateways of one interface, asked from one address of it, and not "
			"scattered over very many ranges");
	x->interface = o->live.interface;
	x->ranges_max = o->live.ranges;
	x->interval_ns = (NS_PER_SECOND + o->live.pps - 1) / o->live.pps;
	r = check_device(o, reterr);
	if (r < 0)
		return r;
	libbpf_set_print(quiet);
	object = bpf_object__open_mem(xdplive_object, xdplive_object_size, NULL);
	if (!object)
		return refuse(errno, "read the program", reterr);
	r = load(x, object, o, reterr);
	if (r == 0)
		r = attach(x, reterr);
	if (r < 0)
		return r;
	r = run(x, 2); /* the round is empty: nothing leaves */
	if (r < 0)
		return refuse(-r, "run the program (Linux 5.18 can)", reterr);
	*ret_xdplive = STEAL(x);
	return 0;
}

static struct xdplive_order order_of(const struct link_order *order)
{
	struct xdplive_order ret = {.n = order->n, .mask = order->mask, .bits = order->bits};

	memcpy(ret.keys, order->keys, sizeof(ret.keys));
	return ret;
}

/* The slowest of the rate and of what two SYNs to one address must lie apart. */
static uint64_t interval_of(const struct xdplive *x, const struct link_pass *pass)
{
	uint64_t gap_ns = (uint64_t)pass->gap_us * NS_PER_US + DEPTH_NS, least;

	if (pass->gap_us <= 0 || pass->kinds.n < 2)
		return x->interval_ns;
	least = (gap_ns + pass->slots.n - 1) / pass->slots.n;
	return least > x->interval_ns ? least : x->interval_ns;
}

static void begin(struct xdplive *x, struct link_pass *pass)
{
	const struct xdplive_order kinds = order_of(&pass->kinds);
	struct xdplive_round *r = x->round;

	r->rounds = 0; /* nothing is sent meanwhile */
	for (size_t i = 0; i < pass->n_ranges; i++) {
		const struct link_range *from = &pass->ranges[i];
		struct xdplive_range *to = &x->ranges[i];

		*to = (struct xdplive_range){
			.first = from->first, .base = addr_to_v4(&from->base)};
		memcpy(to->mac, from->mac.bytes, sizeof(to->mac));
	}
	for (uint64_t i = 0; i < pass->kinds.n; i++)
		r->ports[i] = pass->ports[xdplive_at(&kinds, i) % pass->kinds.n];
	r->slots = order_of(&pass->slots);
	r->key[0] = pass->key.k0;
	r->key[1] = pass->key.k1;
	r->n_ranges = pass->n_ranges;
	r->interval_ns = interval_of(x, pass);
	r->position = r->round = 0;
	r->rounds = pass->kinds.n;
	x->call_ns = r->interval_ns > CALL_NS ? r->interval_ns : CALL_NS;
	x->sent = x->state->sent;
	x->refused = x->state->refused;
	x->skipped = x->state->skipped;
	pass->begun = true;
}

static bool fits(const struct xdplive *x, const struct link_pass *pass)
{
	return pass->interface == x->interface && addr_equal(&pass->source, &x->source) &&
	       pass->n_ranges > 0 && pass->n_ranges <= x->ranges_max && pass->slots.n > 0 &&
	       pass->slots.n <= UINT32_MAX && pass->kinds.n > 0 &&
	       pass->kinds.n <= XDPLIVE_PORTS;
}

int xdplive_send(struct xdplive *x, struct link_pass *pass, struct error *reterr)
{
	int64_t now = clock_monotonic_us();
	uint64_t n;
	int r;

	if (!pass->begun && !fits(x, pass))
		return LINK_UNABLE;
	if (!pass->begun)
		begin(x, pass);
	n = x->call_ns / x->round->interval_ns + 1;
	r = run(x, n < CALL_MAX ? (uint32_t)n : CALL_MAX);
	if (r < 0 && r != -EINTR)
		return error_errno(reterr, ERROR_NETWORK, -r,
			"the kernel stopped sending XDP live frames");
	pass->sent = x->state->sent - x->sent;
	pass->refused = x->state->refused - x->refused;
	pass->skipped = x->state->skipped - x->skipped;
	pass->due_us = now + (int64_t)(x->call_ns / NS_PER_US);
	pass->ended =
		pass->sent + pass->refused + pass->skipped == pass->slots.n * pass->kinds.n;
	return 0;
}

void xdplive_stats(const struct xdplive *x, struct link_stats *stats)
{
	if (!x)
		return;
	stats->live_sent += x->state->sent;
	stats->live_refused += x->state->refused;
	stats->live_skipped += x->state->skipped;
}
