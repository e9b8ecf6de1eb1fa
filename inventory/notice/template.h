/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters as data: a head of `key: value` lines, then the letter in each language, [zh] and
 * [en], whose first line is its subject. {name} stands for a field; a line that begins with `?`
 * is left out where a field in it is empty. The shipped ones (inventory/notices) are compiled
 * in.
 */
#ifndef INVENTORY_NOTICE_TEMPLATE_H
#define INVENTORY_NOTICE_TEMPLATE_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

#define NOTICE_TEXT_MAX (64 * 1024)

enum notice_language { NOTICE_ZH, NOTICE_EN, NOTICE_LANGUAGE_N };

struct notice_template {
	char *text; /* all below point into it */
	const char *name, *kind, *basis;
	int send_within_days, ack_within_days;
	const char *to[NOTICE_LANGUAGE_N]; /* the addressee, where the register names none */
	const char *letter[NOTICE_LANGUAGE_N];
};

struct notice_field {
	const char *name, *value; /* plain text; NULL is empty */
};

/* `name` is borrowed. ERROR_INPUT names line and what is wrong. */
int notice_template_parse(const char *name, const char *bytes, size_t n,
	struct notice_template **ret_template, struct error *reterr);
/* A shipped one by its name: "identification-entered". ERROR_INTERNAL if there is none. */
int notice_template_load(
	const char *name, struct notice_template **ret_template, struct error *reterr);
void notice_template_free(struct notice_template *t);
CLEANUP_DEFINE(struct notice_template, notice_template_free)

/* Appends subject and text; values are taken as they are. ERROR_INPUT if the letter names a
 * field that is not given, or would be longer than NOTICE_TEXT_MAX. */
int notice_template_render(const struct notice_template *t, enum notice_language language,
	const struct notice_field *fields, size_t n_fields, struct str *subject,
	struct str *text, struct error *reterr);

#endif
