/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded growable string; see str.h. */
#include "common/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char str_empty[1];

void str_init(struct str *s, size_t max_bytes)
{
	*s = STR_INIT(max_bytes);
}

void str_done(struct str *s)
{
	if (s->alloc)
		free(s->data);
	*s = STR_INIT(s->max);
}

void str_reset(struct str *s)
{
	s->len = 0;
	s->failed = false;
	if (s->alloc)
		s->data[0] = '\0';
}

static bool reserve(struct str *s, size_t more)
{
	size_t want, alloc;
	char *data;

	if (s->failed)
		return false;

	if (more > s->max - s->len) {
		s->failed = true;
		return false;
	}

	want = s->len + more + 1;
	if (want <= s->alloc)
		return true;

	alloc = s->alloc ? s->alloc : 64;
	while (alloc < want)
		alloc *= 2;
	data = realloc(s->alloc ? s->data : NULL, alloc);
	if (!data) {
		s->failed = true;
		return false;
	}
	s->data = data;
	s->alloc = alloc;
	return true;
}

void str_add(struct str *s, const void *bytes, size_t n)
{
	if (!reserve(s, n))
		return;
	if (n)
		memcpy(s->data + s->len, bytes, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void str_addc(struct str *s, char c)
{
	str_add(s, &c, 1);
}

void str_adds(struct str *s, const char *text)
{
	str_add(s, text, strlen(text));
}

void str_addf(struct str *s, const char *fmt, ...)
{
	size_t room = s->alloc ? s->alloc - s->len : 0; /* with the NUL */
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? s->data + s->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(s, (size_t)n)) {
		if (room)
			s->data[s->len] = '\0'; /* as it was */
		s->failed = true;
		return;
	}
	if ((size_t)n >= room) {
		va_start(ap, fmt);
		vsnprintf(s->data + s->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	s->len += (size_t)n;
}

char *str_steal(struct str *s)
{
	char *data;

	if (s->failed)
		return NULL;
	if (!s->alloc && !reserve(s, 1))
		return NULL;
	s->data[s->len] = '\0';
	data = s->data;
	*s = STR_INIT(s->max);
	return data;
}
