/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fingerprint engine: Recog-format XML files in, parameters of a banner out. Loads a
 * directory of *.xml once; matching is then read-only, so that processes forked afterwards
 * share it. Patterns are PCRE2 with match and heap limits; a limit that is reached is an
 * outcome of its own, never "no match".
 *
 * Reference: Recog's XML format (../shared/fingerprints.md has its contract in our words).
 */
#ifndef SCANNER_FINGERPRINT_FINGERPRINT_H
#define SCANNER_FINGERPRINT_FINGERPRINT_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/model/observation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of what is matched, of the kinds that are long; then. */
#define FINGERPRINT_INPUT_MAX 8192
#define FINGERPRINT_TEXT_MAX 4096  /* of all others. What is longer is matched as far as that */
#define FINGERPRINT_PARAMETERS_MAX 64

struct fingerprints;

/* Loads every *.xml of a directory, in name order. Files of one `matches` kind are tried in
 * file order. A malformed file is ERROR_INPUT naming file and line; nothing is half loaded. */
int fingerprints_load(const char *directory, struct fingerprints **ret_fingerprints,
	struct error *reterr);
void fingerprints_free(struct fingerprints *fingerprints);
CLEANUP_DEFINE(struct fingerprints, fingerprints_free)

size_t fingerprints_count(const struct fingerprints *fingerprints);
/* The `matches` kinds there are ("ssh.banner", "http_header.server", ...), sorted; NULL past
 * the last. Borrowed. */
const char *fingerprints_kind(const struct fingerprints *fingerprints, size_t index);

enum fingerprint_outcome { FINGERPRINT_HIT = 0, FINGERPRINT_MISS = 1, FINGERPRINT_LIMIT = 2 };

/* What a match says. Values point into `text` and stay valid until the next use of the
 * struct. */
struct fingerprint_match {
	const char *description;
	const char *file; /* base name of the XML file */
	int line;
	double certainty; /* 0..1; Recog's default 0.85 */
	struct attribute parameters[FINGERPRINT_PARAMETERS_MAX];
	size_t n_parameters;
	char text[16384];
};

/* First match in file order; one call at a time. Parameter values are clean text
 * (common/text.h). `kind` that no file has is a miss. */
enum fingerprint_outcome fingerprints_match(const struct fingerprints *fingerprints,
	const char *kind, const uint8_t *input, size_t size,
	struct fingerprint_match *ret_match);

/* Runs the examples of a file or of a directory's files: each must be matched first by its own
 * fingerprint and give the parameters that it states. Then Recog's own checks of each
 * fingerprint: it has examples, at most FINGERPRINT_EXAMPLES_MAX; its description is no other
 * one's of the file; each group of the pattern is used; no name stands twice, no value beside a
 * group; os.device and hw.device are the same. `fault` is called for each that fails, and for
 * each remark. */
#define FINGERPRINT_EXAMPLES_MAX 20
struct fingerprint_verdict {
	uint64_t fingerprints, examples, passed, failed;
	uint64_t remarks; /* of the second kind */
};
int fingerprints_verify(const char *path, struct fingerprint_verdict *ret_verdict,
	void (*fault)(void *context, const char *file, int line, const char *why),
	void *context, struct error *reterr);

/* MAC vendors from Debian's ieee-data (oui.txt, mam.txt, oui36.txt): longest prefix wins. A
 * missing directory gives an empty table, which answers NULL. Locally administered and group
 * addresses have no vendor. */
struct mac_vendors;
int mac_vendors_load(const char *directory, struct mac_vendors **ret_vendors,
	struct error *reterr);
void mac_vendors_free(struct mac_vendors *vendors);
CLEANUP_DEFINE(struct mac_vendors, mac_vendors_free)
const char *mac_vendor(const struct mac_vendors *vendors, struct mac mac);

#endif
