/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles for tests, from a description in text, written by protobuf-c and so by other code than
 * the reader's.
 * Not here: descriptions (each test has its own).
 *
 * A description is lines; words are separated by blanks:
 *
 *   type NAME UNIT              one for each value of a sample
 *   period TYPE UNIT NUMBER
 *   time NS   duration NS   default TYPE   drop REGEX   keep REGEX
 *   comment TEXT
 *   mapping START LIMIT OFFSET FILE BUILDID
 *   ids sparse                  ids are large and fall instead of rising from 1
 *   sample VALUE... | KEY=VALUE... | FRAME...
 *
 * A number as label value is a numeric label. Frames stand leaf first; equal ones are one
 * location in the first mapping. A frame is NAME, NAME@FILE:LINE, several of these joined by ^
 * (the first was inlined into the second), or 0xADDRESS (a location without a name).
 */
#ifndef CPA_TESTS_UNIT_PROFILE_MAKER_H
#define CPA_TESTS_UNIT_PROFILE_MAKER_H

#include <stddef.h>

/* The bytes of a profile, not gzipped; freed with free(). Aborts on a bad description. */
unsigned char *make_profile(const char *description, size_t *ret_bytes);

/* Write bytes to path, gzipped or as they are. */
void write_profile(const char *path, const unsigned char *bytes, size_t length_bytes, int gzipped);

#endif
