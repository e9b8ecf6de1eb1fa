/* SPDX-License-Identifier: Apache-2.0 */
/* xdplive.bpf.c compiled for BPF, an ELF object; made at build time. */
#ifndef SCANNER_LINK_XDPLIVE_OBJECT_H
#define SCANNER_LINK_XDPLIVE_OBJECT_H

extern const unsigned char xdplive_object[];
extern const unsigned long xdplive_object_size;

#endif
