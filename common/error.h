/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error record: the last parameter of every function that can fail.
 *
 * The law of the house. A function returns 0 on success. A negative return is one of the
 * codes below: it is fatal for the caller, who forwards it; `reterr` then holds a text that
 * can be shown to a user as it is: what was attempted, on which object, why, what to do.
 * A positive return is a documented answer of that one function and is handled there.
 *
 * `reterr` is written only on failure and may be NULL. Libraries never print and never exit.
 */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdarg.h>
#include <stddef.h>

enum error_code {
	ERROR_NONE = 0,
	ERROR_USAGE = -2,      /* the call or command line makes no sense */
	ERROR_INPUT = -3,      /* a file, record or document is invalid */
	ERROR_DATABASE = -4,   /* the database refused, or is not there */
	ERROR_PERMISSION = -5, /* not authorised, or the system refuses */
	ERROR_NETWORK = -6,    /* interface, socket or capture */
	ERROR_PARTIAL = -7,    /* part was done and kept; the text says what */
	ERROR_SYSTEM = -8,     /* disk, memory, fork: the machine under us */
	ERROR_INTERNAL = -70,  /* a defect of ours */
};

#define ERROR_TEXT_MAX 1024

struct error {
	int code;                  /* enum error_code, 0 while untouched */
	char text[ERROR_TEXT_MAX]; /* one line, no trailing full stop or newline */
};

/* Sets code and text, replacing what was there. Returns `code`, so that a function can
 * `return error_set(reterr, ERROR_INPUT, "...")`. */
int error_set(struct error *reterr, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like error_set(), with ": " and the text of the errno value `errnum` appended. */
int error_errno(struct error *reterr, int code, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Puts a context in front of the text already there: "<context>: <text>". Keeps the code of
 * `code` and returns it. */
int error_wrap(struct error *reterr, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The exit code of commands.md that belongs to an error code: 2..7 or 70. */
int error_exit_code(int code);

#endif
