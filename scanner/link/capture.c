/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture files; see capture.h. The stream under libpcap and the pcapng reader is zlib's, which
 * hands plain files through as they are. This file never opens anything after capture_open()
 * and never trusts a length: libpcap bounds its blocks, and packets are cut to
 * CAPTURE_PACKET_MAX. References: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, RFC 1952
 * (gzip).
 */
#include "scanner/link/capture.h"

#include "scanner/link/pcapng.h"
#include "scanner/link/tap.h"

#include "common/clock.h"
#include "common/cursor.h"
#include "common/str.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum {
	STREAM_BUFFER = 64 * 1024,
	DLT_RAW_HERE = 12, /* what libpcap makes of the file's LINKTYPE_RAW */
	FAULT_TEXT_MAX = 256,
	MAGIC_SIZE = 4,
	MAGIC_PCAPNG = 0x0a0d0d0a,
};

#define YEAR_10000 253402300800LL /* seconds */

struct capture {
	char *path; /* or the interface's name */
	struct tap *tap; /* NULL: it is a file */
	FILE *stream; /* ours until libpcap takes it */
	pcap_t *pcap; /* either this or the other, once the file's first bytes are known */
	struct pcapng *pcapng;
	uint8_t magic[MAGIC_SIZE];
	size_t n_magic, magic_given; /* looked at before the stream, and then given to it */
	gzFile gz;                   /* the stream's, which closes it */
	uint64_t number, total;
	bool unpacking_failed;
	int answered; /* what the last call returned, unless 0 */
	struct error fault;
};

static ssize_t stream_read(void *cookie, char *buffer, size_t size)
{
	struct capture *capture = cookie;
	int n, code = Z_OK;

	if (capture->magic_given < capture->n_magic && size) {
		*buffer = (char)capture->magic[capture->magic_given++];
		return 1;
	}
	n = gzread(
		capture->gz, buffer, size < STREAM_BUFFER ? (unsigned int)size : STREAM_BUFFER);
	if (n > 0)
		return n;
	gzerror(capture->gz, &code); /* zlib tells an early end only so */
	if (n == 0 && code == Z_OK)
		return 0;
	capture->unpacking_failed = true;
	errno = EIO;
	return -1;
}

static int stream_close(void *cookie)
{
	struct capture *capture = cookie;

	if (capture->gz)
		gzclose_r(capture->gz);
	capture->gz = NULL;
	return 0;
}

/* Opens the stream on a descriptor that it takes over in every case. */
static int stream_new(struct capture *capture, int fd, struct error *reterr)
{
	const cookie_io_functions_t functions = {.read = stream_read, .close = stream_close};

	capture->gz = gzdopen(fd, "rb");
	if (!capture->gz) {
		close(fd);
		return error_set(reterr, ERROR_SYSTEM,
			"cannot read capture file \"%s\": no memory", capture->path);
	}
	gzbuffer(capture->gz, STREAM_BUFFER);
	capture->stream = fopencookie(capture, "rb", functions);
	if (!capture->stream) {
		stream_close(capture);
		return error_set(reterr, ERROR_SYSTEM,
			"cannot read capture file \"%s\": no memory", capture->path);
	}
	return 0;
}

int capture_open(const char *path, struct capture **ret_capture, struct error *reterr)
{
	_cleanup_(capture_freep) struct capture *capture = calloc(1, sizeof(*capture));
	struct stat status;
	int fd, r;

	if (capture)
		capture->path = strdup(path);
	if (!capture || !capture->path)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot open capture file \"%s\": no memory", path);

	/* not to wait at a pipe that nobody writes to */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &status) < 0) {
		r = error_errno(
			reterr, ERROR_INPUT, errno, "cannot open capture file \"%s\"", path);
		if (fd >= 0)
			close(fd);
		return r;
	}
	if (!S_ISREG(status.st_mode)) {
		close(fd);
		return error_set(reterr, ERROR_INPUT,
			"cannot open capture file \"%s\": it is not a regular file", path);
	}
	capture->total = (uint64_t)status.st_size;
	r = stream_new(capture, fd, reterr);
	if (r < 0)
		return r;
	*ret_capture = STEAL(capture);
	return 0;
}

int capture_listen(const char *interface, bool promiscuous, struct capture **ret_capture,
	struct error *reterr)
{
	_cleanup_(capture_freep) struct capture *capture = calloc(1, sizeof(*capture));
	int r;

	if (capture)
		capture->path = strdup(interface);
	if (!capture || !capture->path)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot listen on %s: no memory", interface);
	r = tap_open(interface, promiscuous, &capture->tap, reterr);
	if (r < 0)
		return r;
	*ret_capture = STEAL(capture);
	return 0;
}

void capture_until(struct capture *capture, int stop_fd, int64_t until_us)
{
	if (capture->tap)
		tap_until(capture->tap, stop_fd, until_us);
}

uint64_t capture_dropped(struct capture *capture)
{
	return capture->tap ? tap_dropped(capture->tap) : 0;
}

void capture_free(struct capture *capture)
{
	if (!capture)
		return;
	tap_free(capture->tap);
	if (capture->pcap)
		pcap_close(capture->pcap); /* closes the stream too */
	else if (capture->stream)
		fclose(capture->stream);
	pcapng_free(capture->pcapng);
	free(capture->path);
	free(capture);
}

/* Why reading stopped, in libpcap's words, made fit for a message. */
static const char *fault_text(
	const struct capture *capture, const char *said, char out[FAULT_TEXT_MAX])
{
	struct str text = STR_INIT(FAULT_TEXT_MAX - 1);

	if (capture->unpacking_failed)
		said = "its gzip data is damaged or ends early";
	text_clean(&text, said, strlen(said), FAULT_TEXT_MAX - 1);
	memcpy(out, text.data, text.len + 1);
	str_done(&text);
	return out;
}

static int stop(struct capture *capture, int code, struct error *reterr)
{
	capture->answered = code;
	if (code < 0)
		error_set(reterr, code, "%s", capture->fault.text);
	return code;
}

/* True if the file's first bytes are pcapng's. They stay in the stream. */
static bool is_pcapng(struct capture *capture)
{
	int n = gzread(capture->gz, capture->magic, MAGIC_SIZE);
	struct cursor c = cursor_of(capture->magic, MAGIC_SIZE);

	capture->n_magic = n > 0 ? (size_t)n : 0;
	return n == MAGIC_SIZE && cursor_be32(&c) == MAGIC_PCAPNG;
}

/* Finds out what the file is, and reads its header. */
static int begin(struct capture *capture, struct error *reterr)
{
	char said[PCAP_ERRBUF_SIZE] = "", text[FAULT_TEXT_MAX];

	if (is_pcapng(capture)) {
		capture->pcapng = pcapng_new(capture->stream);
		if (capture->pcapng)
			return 0;
		error_set(&capture->fault, ERROR_SYSTEM,
			"cannot read capture file \"%s\": no memory", capture->path);
		return stop(capture, ERROR_SYSTEM, reterr);
	}
	capture->pcap = pcap_fopen_offline(capture->stream, said);
	if (capture->pcap) {
		capture->stream = NULL;
		return 0;
	}
	error_set(&capture->fault, ERROR_NETWORK,
		"cannot read \"%s\" as a capture (pcap or pcapng, plain or gzip): %s",
		capture->path, fault_text(capture, said, text));
	return stop(capture, ERROR_NETWORK, reterr);
}

static int fault(struct capture *capture, const char *said, struct error *reterr)
{
	char text[FAULT_TEXT_MAX];
	int code = capture->number ? ERROR_PARTIAL : ERROR_NETWORK;

	fault_text(capture, said, text);
	if (capture->tap)
		error_set(&capture->fault, code, "listening on %s failed after %llu frames: %s",
			capture->path, (unsigned long long)capture->number, text);
	else if (capture->number)
		error_set(&capture->fault, code,
			"capture file \"%s\" is cut short or damaged at packet %llu: %s; the "
			"%llu "
			"before it were read",
			capture->path, (unsigned long long)capture->number + 1, text,
			(unsigned long long)capture->number);
	else
		error_set(&capture->fault, code,
			"capture file \"%s\" is cut short or damaged at packet 1: %s",
			capture->path, text);
	return stop(capture, code, reterr);
}

/* The file's time, whose parts may be any numbers at all. */
static int64_t time_of(const struct timeval *tv)
{
	int64_t seconds = tv->tv_sec, us = tv->tv_usec;

	if (seconds < 0 || seconds >= YEAR_10000 || us < 0 || us >= CLOCK_SECOND)
		return 0;
	return seconds * CLOCK_SECOND + us;
}

/* The same answers as pcapng_next() gives. */
static int pcap_next_packet(
	struct capture *capture, struct capture_packet *ret_packet, const char **ret_why)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int link, r;

	r = pcap_next_ex(capture->pcap, &header, &bytes);
	if (r == PCAP_ERROR_BREAK)
		return CAPTURE_END;
	if (r != 1) {
		*ret_why = pcap_geterr(capture->pcap);
		return -1;
	}

	link = pcap_datalink(capture->pcap);
	*ret_packet = (struct capture_packet){
		.link = (enum frame_link)(link == DLT_RAW_HERE ? FRAME_LINK_RAW : link),
		.time_us = time_of(&header->ts),
		.bytes = bytes,
		.size = header->caplen < CAPTURE_PACKET_MAX ? header->caplen
							    : CAPTURE_PACKET_MAX,
		.original_size = header->len,
	};
	return 0;
}

int capture_next(
	struct capture *capture, struct capture_packet *ret_packet, struct error *reterr)
{
	const char *why = "";
	int r;

	if (capture->answered)
		return stop(capture, capture->answered, reterr);
	if (!capture->tap && !capture->pcap && !capture->pcapng) {
		r = begin(capture, reterr);
		if (r < 0)
			return r;
	}

	if (capture->tap)
		r = tap_next(capture->tap, ret_packet, &why);
	else if (capture->pcapng)
		r = pcapng_next(capture->pcapng, ret_packet, &why);
	else
		r = pcap_next_packet(capture, ret_packet, &why);
	if (r == CAPTURE_QUIET)
		return r;
	/* a stream that fails between two packets looks like one that ends */
	if (r == CAPTURE_END && !capture->unpacking_failed)
		return stop(capture, CAPTURE_END, reterr);
	if (r != 0)
		return fault(capture, why, reterr);
	ret_packet->number = ++capture->number;
	if (ret_packet->original_size < ret_packet->size)
		ret_packet->original_size = ret_packet->size;
	return 0;
}

void capture_position(const struct capture *capture, uint64_t *ret_done, uint64_t *ret_total)
{
	z_off_t done = capture->gz ? gzoffset(capture->gz) : 0;

	if (capture->tap) {
		tap_position(capture->tap, ret_done, ret_total);
		return;
	}
	*ret_done = done > 0 ? (uint64_t)done : 0;
	*ret_total = capture->total;
	if (*ret_done > *ret_total)
		*ret_done = *ret_total;
}

const char *capture_path(const struct capture *capture)
{
	return capture->path;
}
