/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: files and texts that come from outside: captures, bundles, fingerprints, tables,
 * targets, addresses. */
#include "tests/fuzz/fuzz.h"

#include "cli/target_file.h"
#include "common/addr_range.h"
#include "common/csv.h"
#include "common/model/bundle.h"
#include "common/model/bundle_line.h"
#include "common/model/signature.h"
#include "common/text.h"
#include "scanner/fingerprint/recog.h"
#include "scanner/fingerprint/stack.h"
#include "scanner/link/capture.h"
#include "scanner/link/pcapng.h"

#include <string.h>
#include <unistd.h>

/* The bytes with a NUL behind them. */
static char *text_of(const uint8_t *bytes, size_t size)
{
	char *text = malloc(size + 1);

	HOLDS(text);
	if (size > 0)
		memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

/* An error says in clean words what is wrong. */
static bool refused(int r, const struct error *err)
{
	if (r < 0)
		HOLDS(err->text[0] && strlen(err->text) < sizeof(err->text));
	return r < 0;
}

/* What an address is printed as is read as the same address. */
bool fuzz_addresses(const uint8_t *bytes, size_t size)
{
	char *text = text_of(bytes, size), out[ADDR_RANGE_TEXT_MAX];
	struct error err = {0};
	struct addr_range range, range2;
	struct addr addr, addr2;
	struct cidr cidr, cidr2;
	struct mac mac, mac2;
	bool taken = false;

	if (!refused(addr_parse(text, &addr, &err), &err)) {
		HOLDS(addr_parse(addr_format(&addr, out), &addr2, NULL) == 0);
		HOLDS(addr_equal(&addr, &addr2));
		taken = true;
	}
	if (!refused(cidr_parse(text, &cidr, &err), &err)) {
		HOLDS(cidr_parse(cidr_format(&cidr, out), &cidr2, NULL) == 0);
		HOLDS(cidr_compare(&cidr, &cidr2) == 0);
		taken = true;
	}
	if (!refused(mac_parse(text, &mac, &err), &err)) {
		HOLDS(mac_parse(mac_format(&mac, out), &mac2, NULL) == 0);
		HOLDS(memcmp(&mac, &mac2, sizeof(mac)) == 0);
		taken = true;
	}
	if (!refused(addr_range_parse(text, &range, &err), &err)) {
		HOLDS(addr_range_parse(addr_range_format(&range, out), &range2, NULL) == 0);
		HOLDS(addr_equal(&range.first, &range2.first) &&
			addr_equal(&range.last, &range2.last));
		HOLDS(addr_compare(&range.first, &range.last) <= 0);
		taken = true;
	}
	free(text);
	return taken;
}

bool fuzz_text(const uint8_t *bytes, size_t size)
{
	struct str clean = STR_INIT(64 * 1024), again = STR_INIT(64 * 1024),
		   out = STR_INIT(1 << 20);
	char *text = text_of(bytes, size);
	bool whole = text_clean(&clean, bytes, size, 16384);

	HOLDS(clean.len <= 16384 && text_is_clean(clean.data, clean.len));
	HOLDS(text_clean(&again, clean.data, clean.len, 16384));
	HOLDS(again.len == clean.len && memcmp(again.data, clean.data, clean.len) == 0);
	text_encode_terminal(&out, text);
	text_encode_xml(&out, text);
	text_encode_json(&out, text);
	text_encode_csv(&out, text);
	text_encode_script(&out, text);
	str_done(&clean);
	str_done(&again);
	str_done(&out);
	free(text);
	return whole && size > 0;
}

/* The first byte: how many that follow are options of a SYN-ACK, or of a SYN with its highest
 * bit; the rest is a list of stacks. What is heard is in its bounds and printed whole, and who
 * it may be is said by the list. */
bool fuzz_stack(const uint8_t *bytes, size_t size)
{
	size_t n = size ? (bytes[0] & 0x7f) % 41 : 0;
	enum stack_kind kind = size && bytes[0] & 0x80 ? STACK_REQUEST : STACK_RESPONSE;
	struct frame f = {.kind = FRAME_TCP, .src = {.family = 4}, .ttl = 64, .window = 8192,
		.tcp_flags = kind == STACK_REQUEST ? FRAME_SYN : FRAME_SYN | FRAME_ACK,
		.ip_df = size % 2, .seq = 1};
	struct stacks *stacks = NULL;
	char text[STACK_TEXT_MAX], *list;
	struct stack stack;
	const char *name;
	bool weak, taken;

	if (size)
		size--;
	n = n < size ? n : size;
	f.tcp_options = n ? bytes + 1 : NULL;
	f.tcp_options_size = n;
	stack_of(&f, &stack);
	HOLDS(stack.n_options <= STACK_OPTIONS_MAX && stack.padding <= 40);
	HOLDS(!stack_differs(&stack, &stack) && stack_compare(&stack, &stack) == 0);
	stack_format(&stack, text);
	HOLDS(strlen(text) + 2 > sizeof("4:64:0:0:8192,0:") &&
		strcmp(text + strlen(text) - 2, ":0") == 0);
	list = text_of(bytes + (size ? 1 : 0) + n, size - n);
	HOLDS(stacks_parse(list, &stacks, NULL) == 0);
	name = stacks_match(stacks, kind, &stack, &weak);
	HOLDS(!name ? !weak : *name && text_is_clean(name, strlen(name)));
	taken = stacks_count(stacks, STACK_REQUEST) + stacks_count(stacks, STACK_RESPONSE) > 0;
	stacks_free(stacks);
	free(list);
	return taken;
}

/* The first byte: which encoding is told, the last one none. */
bool fuzz_csv(const uint8_t *bytes, size_t size)
{
	static const char *const encodings[] = {
		"utf-8", "gb18030", "utf-16", "utf-16be", "big5", NULL};
	struct str text = STR_INIT(1 << 20);
	struct csv *csv = NULL;
	struct csv_record record;
	struct error err = {0};
	bool taken = false;
	int r;

	if (size == 0)
		return false;
	r = csv_decode("f", bytes + 1, size - 1, encodings[bytes[0] % ARRAY_SIZE(encodings)],
		&text, NULL, &err);
	if (r == 0)
		r = csv_new("f", text.data ? text.data : "", text.len, 0, &csv, &err);
	while (r == 0 && (r = csv_next(csv, &record, &err)) == 0) {
		HOLDS(record.n_cells > 0 && record.n_cells <= CSV_CELLS_MAX && record.line > 0);
		for (size_t i = 0; i < record.n_cells; i++)
			HOLDS(strlen(record.cells[i]) <= CSV_CELL_MAX &&
				csv_unguard(record.cells[i]));
		taken = true;
	}
	refused(r, &err);
	csv_free(csv);
	str_done(&text);
	return taken;
}

static int take_range(void *context, const struct addr_range *range, struct error *reterr)
{
	(void)context;
	(void)reterr;
	HOLDS(range->first.family == range->last.family);
	HOLDS(addr_compare(&range->first, &range->last) <= 0);
	return 0;
}

static void bad_line(void *context, const char *name, uint64_t line, const char *why)
{
	(void)context;
	HOLDS(strcmp(name, "list") == 0 && line > 0 && *why);
}

bool fuzz_target_file(const uint8_t *bytes, size_t size)
{
	int fd = fuzz_file(bytes, size);
	struct target_file file = {"list", fd, take_range, bad_line, NULL, 0, 0, 0};
	struct error err = {0};

	if (!refused(target_file_read(&file, &err), &err))
		HOLDS(file.n_bad <= file.taken && file.taken <= file.lines);
	close(fd);
	return file.taken > 0;
}

bool fuzz_bundle_line(const uint8_t *bytes, size_t size)
{
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	static struct bundle_line line;
	char *text = text_of(bytes, size);
	bool taken;

	bundle_line_init(&line, attributes);
	taken = bundle_line_read(text, size, &line);
	if (taken) {
		bundle_line_close(&line);
		HOLDS(line.n_attributes <= OBSERVATION_ATTRIBUTES_MAX);
		HOLDS(line.n_quotes <= BUNDLE_QUOTES_MAX);
		for (size_t i = 0; i < BUNDLE_TEXTS; i++)
			HOLDS(!line.text[i] || strlen(line.text[i]) <= size);
		for (size_t i = 0; i < line.n_attributes; i++)
			HOLDS(text_is_clean(
				line.attributes[i].value, strlen(line.attributes[i].value)));
	}
	free(text);
	return taken;
}

static void observation_holds(const struct observation *obs)
{
	HOLDS(obs->kind < OBSERVATION_KIND_N && obs->method < OBSERVATION_METHOD_N);
	HOLDS(obs->n_attributes <= OBSERVATION_ATTRIBUTES_MAX);
	HOLDS(obs->raw_size <= OBSERVATION_RAW_MAX);
	for (size_t i = 0; i < obs->n_attributes; i++) {
		const char *value = obs->attributes[i].value;

		HOLDS(strlen(value) <= ATTRIBUTE_VALUE_MAX &&
			text_is_clean(value, strlen(value)));
	}
}

bool fuzz_bundle(const uint8_t *bytes, size_t size)
{
	int fd = fuzz_file(bytes, size), r;
	struct bundle_reader *reader = NULL;
	struct bundle_header header;
	struct observation obs;
	struct error err = {0};
	bool taken = false;

	r = bundle_reader_new(fd, "bundle", &reader, &header, &err);
	while (r == 0 && (r = bundle_reader_next(reader, &obs, &err)) == 0) {
		observation_holds(&obs);
		taken = true;
	}
	if (r == BUNDLE_END)
		HOLDS(bundle_reader_counters(reader)->n <= BUNDLE_COUNTERS_MAX);
	refused(r, &err);
	bundle_reader_free(reader);
	close(fd);
	return taken;
}

static void key_holds(const struct key_info *info)
{
	HOLDS(strlen(info->id) == 2 * DIGEST_SIZE &&
		text_is_clean(info->signer, strlen(info->signer)));
	HOLDS(info->from_us < info->until_us);
}

bool fuzz_key(const uint8_t *bytes, size_t size)
{
	int fd = fuzz_file(bytes, size), r;
	char path[FUZZ_PATH_MAX];
	struct key *key = NULL;
	struct error err = {0};

	r = key_read(fuzz_path(fd, path), &key, &err);
	if (!refused(r, &err))
		key_holds(key_info(key));
	key_free(key);
	close(fd);
	return r == 0;
}

/* A signature of seven bytes; nobody is trusted, so none is good. */
bool fuzz_signature(const uint8_t *bytes, size_t size)
{
	static const uint8_t content[] = {'c', 'o', 'n', 't', 'e', 'n', 't'};
	int file = fuzz_file(content, sizeof(content)), fd = fuzz_file(bytes, size), r;
	char path[FUZZ_PATH_MAX], sig_path[FUZZ_PATH_MAX];
	const struct key_ring nobody = {NULL, 0};
	struct signature signature;
	struct error err = {0};

	r = signature_verify(fuzz_path(file, path), fuzz_path(fd, sig_path), &nobody,
		1796083200LL * 1000000, &signature, &err);
	HOLDS(refused(r, &err));
	close(file);
	close(fd);
	return strstr(err.text, "trust") != NULL;
}

static void packet_holds(const struct capture_packet *packet)
{
	volatile uint8_t last;

	HOLDS(packet->size <= CAPTURE_PACKET_MAX && packet->time_us >= 0);
	if (packet->size > 0)
		last = packet->bytes[packet->size - 1];
	(void)last;
}

bool fuzz_capture(const uint8_t *bytes, size_t size)
{
	int fd = fuzz_file(bytes, size), r;
	char path[FUZZ_PATH_MAX];
	struct capture *capture = NULL;
	struct capture_packet packet;
	struct error err = {0};
	bool taken = false;

	r = capture_open(fuzz_path(fd, path), &capture, &err);
	while (r == 0 && (r = capture_next(capture, &packet, &err)) == 0) {
		packet_holds(&packet);
		taken = true;
	}
	refused(r, &err);
	HOLDS(!capture || r == CAPTURE_END || r < 0);
	capture_free(capture);
	close(fd);
	return taken;
}

bool fuzz_pcapng(const uint8_t *bytes, size_t size)
{
	FILE *file = size ? fmemopen((void *)bytes, size, "r") : NULL;
	struct capture_packet packet;
	struct pcapng *pcapng;
	const char *why = NULL;
	bool taken = false;
	int r;

	if (!file)
		return false;
	pcapng = pcapng_new(file);
	HOLDS(pcapng);
	while ((r = pcapng_next(pcapng, &packet, &why)) == 0) {
		packet_holds(&packet);
		taken = true;
	}
	HOLDS(r == CAPTURE_END || (r == -1 && why && text_is_clean(why, strlen(why))));
	pcapng_free(pcapng);
	fclose(file);
	return taken;
}

bool fuzz_recog(const uint8_t *bytes, size_t size)
{
	int fd = fuzz_file(bytes, size), r;
	char path[FUZZ_PATH_MAX];
	struct recog_file *file = NULL;
	struct error err = {0};

	r = recog_load(fuzz_path(fd, path), &file, &err);
	if (!refused(r, &err))
		HOLDS(file->n <= RECOG_FINGERPRINTS_MAX && file->kind);
	recog_free(file);
	close(fd);
	return r == 0;
}

static const char *kind_at(uint8_t pick)
{
	const struct fingerprints *fingerprints = fuzz_reading()->fingerprints;
	size_t n = 0;

	while (fingerprints_kind(fingerprints, n))
		n++;
	return fingerprints_kind(fingerprints, pick % n);
}

/* The first byte picks the kind. */
bool fuzz_match(const uint8_t *bytes, size_t size)
{
	struct reading *reading;

	if (size == 0)
		return false;
	reading = fuzz_reading();
	reading_match(reading, kind_at(bytes[0]), bytes + 1, size - 1);
	fuzz_reading_holds(reading);
	return reading_get(reading, "fingerprint") != NULL;
}
