/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage FINGERPRINTS CORPUS: every protocol that the scanner knows, a line each, of fields
 * between tabs (enum column): what it is, what it asks, and what its readers say of the inputs
 * of its corpus; for docs/coverage.md and the manual page of the protocols.
 */
#include "scanner/protocol/protocol.h"
#include "tests/fuzz/corpus.h"

#define FIELDS_MAX 512
#define SAID_MAX 16
#define SEED 1

#define PROTOCOL(name) extern const struct protocol protocol_##name;
#include "scanner/protocol/protocols.list"
#undef PROTOCOL

static const struct {
	const char *name; /* in the list: of two transports each has its own */
	const struct protocol *protocol;
} listed[] = {
#define PROTOCOL(name) {#name, &protocol_##name},
#include "scanner/protocol/protocols.list"
#undef PROTOCOL
};

/* What the inputs of one corpus were read as. */
struct told {
	const struct protocol *protocol;
	const struct fingerprints *fingerprints;
	char *fields[FIELDS_MAX]; /* "modbus.vendor", "key serial", "name tls.san"; sorted at
				     the end */
	size_t n_fields, inputs, bytes;
	unsigned int asked; /* requests after the first */
};

static void tell(struct told *told, const char *kind, const char *name)
{
	char text[2 * ATTRIBUTE_NAME_MAX];

	snprintf(text, sizeof(text), "%s%s", kind, name);
	for (size_t i = 0; i < told->n_fields; i++)
		if (strcmp(told->fields[i], text) == 0)
			return;
	if (told->n_fields < FIELDS_MAX)
		told->fields[told->n_fields++] = strdup(text);
}

static void read_input(void *context, const uint8_t *bytes, size_t size)
{
	static struct reading reading;
	struct told *told = context;
	const struct protocol *p = told->protocol;
	uint8_t out[PROTOCOL_REQUEST_MAX];

	told->inputs++;
	told->bytes += size;
	if (size == 0 || !p->recognise(bytes, size))
		return;
	reading.fingerprints = told->fingerprints;
	reading_clear(&reading);
	reading.asked = true;
	reading.seed = SEED;
	p->read(bytes, size, &reading);
	for (size_t i = 0; i < reading.n_attributes; i++)
		tell(told, "", reading.attributes[i].name);
	for (size_t i = 0; i < reading.n_keys; i++)
		tell(told, "key ", reading.keys[i].name);
	for (size_t i = 0; i < reading.n_names; i++)
		tell(told, "name ", reading.names[i].name);
	for (unsigned int said = p->request ? 1 : 0; p->next && said < SAID_MAX; said++)
		if (p->next(said, SEED, bytes, size, out, sizeof(out)) > 0 &&
			told->asked <= said)
			told->asked = said + (p->request ? 0 : 1);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_told(struct told *told)
{
	qsort(told->fields, told->n_fields, sizeof(*told->fields), by_text);
	printf("%u\t%zu\t%zu\t", told->asked, told->inputs, told->bytes);
	for (size_t i = 0; i < told->n_fields; i++) {
		printf("%s%s", i ? "," : "", told->fields[i]);
		free(told->fields[i]);
	}
	putchar('\n');
}

/* The first request, as it would be made to one address. */
static void print_request(const struct protocol *p)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n = p->request ? p->request(out, sizeof(out), "198.18.0.1", SEED) : 0;

	for (size_t i = 0; i < n; i++)
		printf("%02x", out[i]);
	putchar('\t');
}

static void print_protocol(const char *name, const struct protocol *p)
{
	static const char *const risks[] = {[PROTOCOL_PASSIVE] = "safe",
		[PROTOCOL_SAFE] = "safe",
		[PROTOCOL_STANDARD] = "standard",
		[PROTOCOL_THOROUGH] = "thorough"};
	const char *begins = p->request	  ? "asks"
			     : p->next	  ? "answers"
			     : p->secured ? "asks"
					  : "listens";

	printf("%s\t%s\t%s\t", name, p->name, p->transport == TRANSPORT_UDP ? "UDP" : "TCP");
	for (const uint16_t *port = p->ports; port && *port; port++)
		printf("%s%u", port == p->ports ? "" : ", ", *port);
	printf("\t%s\t%s\t%s\t%s\t", risks[p->risk], begins, p->overheard ? "part" : "all",
		p->reference);
	print_request(p);
}

int main(int argc, char **argv)
{
	struct fingerprints *fingerprints = NULL;
	struct error err = {0};
	int r = argc == 3 ? fingerprints_load(argv[1], &fingerprints, &err) : -1;

	if (r == 0)
		r = protocols_prepare(&err);
	if (r < 0)
		fprintf(stderr, "%s\n", argc == 3 ? err.text : "coverage FINGERPRINTS CORPUS");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(listed); i++) {
		struct told told = {listed[i].protocol, fingerprints, {NULL}, 0, 0, 0, 0};
		char path[CORPUS_PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", argv[2], listed[i].name);
		r = corpus_each(path, read_input, &told) < 0 ? -1 : 0;
		print_protocol(listed[i].name, listed[i].protocol);
		print_told(&told);
	}
	fingerprints_free(fingerprints);
	return r < 0;
}
