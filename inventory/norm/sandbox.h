/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of our own in which what strangers wrote is parsed and evaluated: forked, then
 * confined (common/confine/process.h): one socket in and one pipe out are all that it reads and
 * writes, by seccomp and limits it can open no file and no network, and time and memory are
 * bounded. Both ends talk in frames: kind and size as 32 bits, then so many bytes. To the
 * parent the process is hostile: sizes are bounded before memory is taken, and what a frame
 * holds is read through a cursor and checked by whoever asked for it. One that dies, or whose
 * answer is not there in time, is ended and told by what it was working on, which it keeps in a
 * page that both see.
 *
 * Only the parent's end is told errors; a process that cannot write ends itself.
 */
#ifndef INVENTORY_NORM_SANDBOX_H
#define INVENTORY_NORM_SANDBOX_H

#include "common/cleanup.h"
#include "common/cursor.h"
#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SANDBOX_FRAME_MAX ((size_t)96 * 1024 * 1024) /* bytes of one frame, either way */
#define SANDBOX_CPU_SECONDS (24 * 3600u)
#define SANDBOX_MEMORY_MAX ((size_t)1 << 30) /* beyond what it inherits */
/* That an answer, of one or more frames, is waited for in all. */
#define SANDBOX_STALL_MS 300000

/* ---- in the process -------------------------------------------------------------------- */

struct sandbox_inside;

/* The next frame: its kind, and its bytes, good until the next one. The process ends where the
 * parent's end is closed or broken. */
uint32_t sandbox_next(struct sandbox_inside *inside, struct cursor *ret_bytes);
/* A frame is begun, filled by sandbox_put_...() and ended; what is ended is sent when enough
 * came together, or by sandbox_flush(). One that is begun instead of being ended is dropped. */
void sandbox_begin(struct sandbox_inside *inside, uint32_t kind);
void sandbox_end(struct sandbox_inside *inside);
void sandbox_flush(struct sandbox_inside *inside);
void sandbox_put_u8(struct sandbox_inside *inside, uint8_t value);
void sandbox_put_u32(struct sandbox_inside *inside, uint32_t value);
void sandbox_put_i64(struct sandbox_inside *inside, int64_t value);
void sandbox_put_bytes(struct sandbox_inside *inside, const void *bytes, size_t n);
void sandbox_put_text(struct sandbox_inside *inside, const char *text); /* size and bytes */
/* What is being worked on, for the parent's message if this process does not survive it. */
void sandbox_works_on(struct sandbox_inside *inside, uint32_t subject, uint32_t pack);

/* ---- outside --------------------------------------------------------------------------- */

struct sandbox;

/* Forks: `prepare` (may be NULL) runs in the process before it is confined, then `work`, which
 * need not return. ERROR_SYSTEM. */
int sandbox_start(void (*prepare)(void *context),
	void (*work)(struct sandbox_inside *inside, void *context), void *context,
	struct sandbox **ret_sandbox, struct error *reterr);
/* Ends the process, whatever it does, and waits for it. */
void sandbox_free(struct sandbox *sandbox);
CLEANUP_DEFINE(struct sandbox, sandbox_free)

/* For tests: another limit than SANDBOX_STALL_MS. */
void sandbox_set_stall(struct sandbox *sandbox, int ms);

/* Frames to the process are kept here until it takes them: by sandbox_wait(). */
struct str *sandbox_out(struct sandbox *sandbox); /* failed if it would grow beyond bounds */
void sandbox_out_begin(struct sandbox *sandbox, uint32_t kind);
void sandbox_out_end(struct sandbox *sandbox);

void sandbox_add_u32(struct str *out, uint32_t value);
void sandbox_add_i64(struct str *out, int64_t value);
void sandbox_add_text(struct str *out, const char *text, size_t n);

/* Gives all of the n what they take at once. */
void sandbox_feed(struct sandbox *const *all, size_t n);
/* Waits for the next frame of all[which], and feeds all of the n meanwhile. The bytes are good
 * until the next wait for the same one. ERROR_INPUT says how the process ended, and with a
 * frame that is too large; ERROR_SYSTEM. Where it stood then is told by sandbox_stood(). */
int sandbox_wait(struct sandbox *const *all, size_t n, size_t which, uint32_t *ret_kind,
	struct cursor *ret_bytes, struct error *reterr);
/* The same for a further frame of the answer that was waited for last: within its time. */
int sandbox_wait_more(struct sandbox *const *all, size_t n, size_t which, uint32_t *ret_kind,
	struct cursor *ret_bytes, struct error *reterr);
/* What the process said it is working on; as hostile as the rest. */
void sandbox_stood(const struct sandbox *sandbox, uint32_t *ret_subject, uint32_t *ret_pack);

/* Reading a frame. A text of at most `max` bytes without NUL, appended; anything else fails the
 * cursor. sandbox_get_line(): clean text (common/text.h). sandbox_get_xml(): clean but for tabs
 * and line feeds. */
void sandbox_get_line(struct cursor *c, size_t max, struct str *out);
void sandbox_get_xml(struct cursor *c, size_t max, struct str *out);
int64_t sandbox_get_i64(struct cursor *c);

#endif
