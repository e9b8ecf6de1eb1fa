/* SPDX-License-Identifier: Apache-2.0 */
/* The error record; see error.h for the law it serves. */
#include "common/error.h"

#include <stdio.h>
#include <string.h>

/* What has no room is cut between characters, not within one. */
__attribute__((format(printf, 2, 0))) static void format(
	char text[ERROR_TEXT_MAX], const char *fmt, va_list ap)
{
	int wanted = vsnprintf(text, ERROR_TEXT_MAX, fmt, ap);
	size_t n = ERROR_TEXT_MAX - 1, follow = 0;
	unsigned char lead;

	if (wanted < ERROR_TEXT_MAX)
		return;
	while (follow < 3 && ((unsigned char)text[n - 1 - follow] & 0xc0) == 0x80)
		follow++;
	lead = (unsigned char)text[n - 1 - follow];
	if (lead >= 0xc0 && follow < (size_t)(lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1))
		text[n - 1 - follow] = '\0';
}

int error_set(struct error *reterr, int code, const char *fmt, ...)
{
	va_list ap;

	if (!reterr)
		return code;

	reterr->code = code;
	va_start(ap, fmt);
	format(reterr->text, fmt, ap);
	va_end(ap);

	return code;
}

int error_errno(struct error *reterr, int code, int errnum, const char *fmt, ...)
{
	char what[ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	format(what, fmt, ap);
	va_end(ap);

	return error_set(reterr, code, "%s: %s", what, strerror(errnum));
}

int error_wrap(struct error *reterr, int code, const char *fmt, ...)
{
	char context[ERROR_TEXT_MAX], rest[ERROR_TEXT_MAX];
	va_list ap;

	if (!reterr)
		return code;

	va_start(ap, fmt);
	format(context, fmt, ap);
	va_end(ap);
	memcpy(rest, reterr->text, sizeof(rest));

	return error_set(reterr, code, "%s: %s", context, rest);
}

int error_exit_code(int code)
{
	switch (code) {
	case ERROR_NONE:
		return 0;
	case ERROR_USAGE:
	case ERROR_INPUT:
	case ERROR_DATABASE:
	case ERROR_PERMISSION:
	case ERROR_NETWORK:
	case ERROR_PARTIAL:
		return -code;
	case ERROR_SYSTEM:
		return -ERROR_PARTIAL;
	default:
		return 70;
	}
}
