/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - what a process is before it holds a secret, and how it ends when it cannot go on. */
#ifndef WRIT_PROCESS_H
#define WRIT_PROCESS_H

/* Once, before configuration and secrets are read: no core file is written, whatever the limits and
 * the system's handler say; no other process of this user may read the memory; and a file that
 * grows past its limit, or a reader that is gone, is an error of the write and no signal. Children
 * inherit the first; exec() takes back the second. */
void process_harden(void);

/* One line on standard error, and the end with status 1: where memory is out, or a library cannot
 * do what never fails. No handler runs and no buffer is flushed, so that half a result is never
 * taken for a whole one; the ledger has every change before it is sent. */
_Noreturn void process_give_up(const char *why);
/* The same for memory, of which `size` bytes were asked for; 0: nobody knows. */
_Noreturn void process_out_of_memory(unsigned long size);

#endif
