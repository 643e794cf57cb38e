#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/*
 * The two clocks. Certificates are judged by clock_now(); waiting uses clock_mono_ms().
 * In test builds the environment variable BTP_CERT_EXPORTER_NOW replaces the wall clock: a number
 * of Unix seconds, or the absolute path of a file that holds one and is read at each call.
 * Thread-safe.
 */
double clock_now(void);       /* Unix seconds */
int64_t clock_now_s(void);    /* the same, whole seconds */
uint64_t clock_mono_ms(void); /* milliseconds since some fixed point, never backwards */

#endif
