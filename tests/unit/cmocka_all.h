/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmocka.h with the headers that it wants before it.
 * Not here: helpers of single tests.
 */
#ifndef CPA_TESTS_UNIT_CMOCKA_ALL_H
#define CPA_TESTS_UNIT_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
