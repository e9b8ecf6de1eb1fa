/* SPDX-License-Identifier: Apache-2.0 */
/* listen: passive discovery, from a capture or on an interface. Sends nothing. */
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/sign.h"
#include "cli/task.h"

#include "common/clock.h"

#include <stdio.h>
#include <string.h>

#define TIME_MAX_S (366LL * 24 * 3600)

/* "90", "90s", "15m", "8h", "7d". */
static int span(
	const struct args *args, const char *name, int64_t *ret_us, struct error *reterr)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{0, 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600}};
	const char *text = args_get(args, name, NULL);
	int64_t n = 0;
	size_t i = 0, u = 0;

	*ret_us = 0;
	if (!text)
		return 0;
	for (; text[i] >= '0' && text[i] <= '9' && n <= TIME_MAX_S; i++)
		n = n * 10 + (text[i] - '0');
	while (u < ARRAY_SIZE(units) && units[u].unit != text[i])
		u++;
	if (i == 0 || u == ARRAY_SIZE(units) || (text[i] && text[i + 1]) || n == 0 ||
		n > TIME_MAX_S / units[u].seconds)
		return error_set(reterr, ERROR_USAGE,
			"--%s \"%s\" is no time from 1s to 366d; write 90s, 15m, 8h or 7d",
			name, text);
	*ret_us = n * units[u].seconds * CLOCK_SECOND;
	return 0;
}

/* What is listened to, from the options; `ret_every`: how long one run is, 0: all of it. */
static int choose(const struct args *args, struct listening *listening, int64_t *ret_every,
	struct error *reterr)
{
	struct scan_tap *tap = &listening->tap;
	static const char *const of_taps[] = {"for", "every", "no-promiscuous", "stop-file"};
	int r;

	listening->capture = args_get(args, "read", NULL);
	tap->interface = args_get(args, "interface", NULL);
	tap->promiscuous = !args_has(args, "no-promiscuous");
	tap->stop_file = args_get(args, "stop-file", NULL);
	if (!listening->capture == !tap->interface)
		return error_set(reterr, ERROR_USAGE,
			"name a capture file or an interface: cadastre listen -r FILE, or -i INTERFACE");
	for (size_t i = 0; listening->capture && i < ARRAY_SIZE(of_taps); i++)
		if (args_has(args, of_taps[i]))
			return error_set(reterr, ERROR_USAGE,
				"--%s is about an interface (-i), and a capture file is read",
				of_taps[i]);
	r = span(args, "for", &tap->duration_us, reterr);
	if (r == 0)
		r = span(args, "every", ret_every, reterr);
	if (r == 0 && *ret_every && args_has(args, "bundle"))
		return error_set(
			reterr, ERROR_USAGE, "--every makes several runs, and a bundle is one");
	if (r == 0 && args_has(args, "sign") && !args_has(args, "bundle"))
		return error_set(
			reterr, ERROR_USAGE, "--sign signs a bundle: name it with --bundle");
	return r;
}

static const char *source(const struct listening *listening)
{
	return listening->capture ? listening->capture : listening->tap.interface;
}

static int write_listening(
	void *closure, struct context *context, const char *path, struct error *reterr)
{
	int r = inventory_audit(
		context->inventory, "listen.bundle", path, source(closure), reterr);

	return r < 0 ? r : task_listen_bundle(context, closure, path, reterr);
}

/* One run: heard, filed, reported. */
static int listen_once(
	struct context *context, const struct listening *listening, struct error *reterr)
{
	struct intake_result result = {0};
	struct scan *scan = NULL;
	int fd = -1, filed, r = task_listen(listening, &scan, &fd, reterr);

	if (r < 0)
		return r;
	filed = task_file(
		context, scan, fd, source(listening), source(listening), &result, reterr);
	scan_free(scan);
	if (filed < 0 && filed != ERROR_PARTIAL)
		return filed;
	r = task_report(context, &result, filed < 0 ? NULL : reterr);
	return filed < 0 ? filed : r;
}

/* One run after the other, until the time is over or somebody stops it. */
static int listen_on(struct context *context, const struct args *args,
	struct listening *listening, int64_t every_us, struct error *reterr)
{
	int64_t end_us = clock_monotonic_us() + listening->tap.duration_us;
	bool endless = listening->tap.duration_us == 0;
	int r = 0;

	while (r == 0) {
		int64_t left_us = end_us - clock_monotonic_us();

		if (!endless && left_us < CLOCK_SECOND)
			break;
		listening->tap.duration_us = endless || left_us > every_us ? every_us : left_us;
		r = task_header(&listening->header, context,
			args_get(args, "vantage", "internal"), reterr);
		if (r == 0)
			r = listen_once(context, listening, reterr);
		fflush(stdout);
		if (progress_interrupted() ||
			(listening->tap.stop_file &&
				access(listening->tap.stop_file, F_OK) == 0))
			break;
	}
	return r;
}

static int run_listen(struct context *context, const struct args *args, struct error *reterr)
{
	struct listening listening = {0};
	char share[512];
	int64_t every_us = 0;
	int r = choose(args, &listening, &every_us, reterr);

	if (r == 0)
		r = task_header(&listening.header, context,
			args_get(args, "vantage", "internal"), reterr);
	if (r < 0)
		return r;
	listening.fingerprints = args_get(
		args, "fingerprints", share_path("fingerprints", share, sizeof(share)));
	if (args_has(args, "bundle"))
		return sign_bundle(context, args, write_listening, &listening, reterr);
	if (every_us)
		return listen_on(context, args, &listening, every_us, reterr);
	return listen_once(context, &listening, reterr);
}

static const struct option_row listen_options[] = {
	{"read", 'r', "FILE", "the capture: pcap or pcapng, gzip too"},
	{"interface", 'i', "NAME",
		"the interface: of a mirror port, a tap, or this machine's own"},
	{"for", 0, "TIME", "how long, as 90s, 15m, 8h, 7d; default: until it is stopped"},
	{"every", 0, "TIME", "file what was heard so often, each time as a run of its own"},
	{"no-promiscuous", 0, NULL, "hear only what is for this machine or for all"},
	{"stop-file", 0, "FILE", "end as soon as this file exists"},
	{"bundle", 0, "FILE", "write the observations to FILE instead of the database"},
	{"sign", 0, "KEY", "sign the bundle with this private key"},
	{"vantage", 0, "NAME", "where it was taken: internal or internet"},
	{"fingerprints", 0, "DIR", "directory of Recog-format files to use instead of ours"},
	{0},
};

const struct command cmd_listen = {
	.name = "listen",
	.synopsis = "-r FILE | -i INTERFACE",
	.summary = "passive discovery from a capture or on an interface; sends nothing",
	.options = listen_options,
	.needs = NEEDS_DATABASE,
	.run = run_listen,
};
