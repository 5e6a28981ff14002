/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mangled and other names in short form.
 * Not here: which functions a profile has (test_read.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/names.h"
#include "tests/unit/cmocka_all.h"

static void is_short(const char *name, const char *wanted)
{
	char *got = cpa_names_short(name);

	assert_string_equal(got, wanted);
	free(got);
}

static void mangled(void **state)
{
	is_short("_ZN2ns4PoolIiE4growEi", "ns::Pool::grow");
	is_short("_ZN2ns12_GLOBAL__N_16hiddenEi", "ns::(anonymous namespace)::hidden");
	is_short("_Znwm", "operator new");
	is_short("_Znam", "operator new[]");
	is_short("_ZN2ns4PoolIiElsEi", "ns::Pool::operator<<");
	is_short("_ZNK2ns4PoolIiEltERKS1_", "ns::Pool::operator<");
	is_short("_ZN2ns4PoolIiEptEv", "ns::Pool::operator->");
	is_short("_ZNK2ns4PoolIiEclEi", "ns::Pool::operator()");
	is_short("_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()");
	is_short("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	is_short("_Z3foov.constprop.0", "foo");
	is_short("_Z4callIZ4mainEUlvE_EvT_", "call");
	is_short("_ZZN2ns4PoolIiE4growEiENKUlvE_clEv",
		"ns::Pool::grow(int)::{lambda()#1}::operator()");
	is_short("_ZNSt17_Function_handlerIFviEZ4mainEUliE0_E9_M_invokeERKSt9_Any_dataOi",
		"std::_Function_handler::_M_invoke");
	is_short("_ZNSt6vectorISt10unique_ptrIA_iSt14default_deleteIS1_EESaIS4_EE17_M_realloc_"
		 "insertIJPiEEEvN9__gnu_cxx17__normal_iteratorIPS4_S6_EEDpOT_",
		"std::vector::_M_realloc_insert");
}

static void rust_and_d(void **state)
{
	is_short("_RNvNtCs1234_7mycrate3mod3foo", "mycrate::mod::foo");
	is_short("_RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE", "std::mem::align_of");
	is_short("_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_3Foo3bar", "<mycrate::Foo>::bar");
	is_short("_RNCNvC7mycrate4main0B3_", "mycrate::main::{closure#0}");
	is_short("_ZN4core3str21_$LT$impl$u20$str$GT$4trim17h0123456789abcdefE",
		"core::str::<impl str>::trim");
	is_short("_D4test3fooAa", "test.foo");
	is_short("_D8demangle4testFaZv", "demangle.test");
	is_short("_D3foo__T3barTiZQhFiZi", "foo.bar.bar");
	is_short("_Dmain", "_Dmain");
	is_short("_Dxyz", "_Dxyz");
}

/* The names that debug information has where no linker sees the function. */
static void plain_templates(void **state)
{
	is_short("forward<int>", "forward");
	is_short("__invoke_impl<int, shop::run(int)::<lambda(int)>&, int>", "__invoke_impl");
	is_short("f()::<lambda(int)>", "f()::<lambda(int)>");
	is_short("operator< <int>", "operator<");
	is_short("[x>", "[x>");
}

/* Nested without end, and longer than any compiler makes them: done soon, whatever comes out. */
static void hostile(void **state)
{
	static const char *const units[] = {
		"_ZN1a", "_Z1fI", "_RIC1a", "_D1a__T", "f<", "f(", "::<", "!(", "_ZNSt", "S_", "E"};
	static char name[40000];
	size_t i, k;

	for (i = 0; i < CPA_ARRAY_LEN(units); i++)
		for (k = 0; k < 3; k++) {
			size_t unit_bytes = strlen(units[i]), at,
			       want = k == 0   ? 300
				      : k == 1 ? 15000
					       : 39000;

			strcpy(name, k == 1 ? "_Z" : "");
			for (at = strlen(name); at + unit_bytes < want; at += unit_bytes)
				memcpy(name + at, units[i], unit_bytes + 1);
			free(cpa_names_short(name));
		}
}

/* Few bytes that stand for 2^40: each argument is a pair of the one before it. */
static void exponential(void **state)
{
	char name[1024];
	size_t used = 0, i;

	used += (size_t)sprintf(name, "_Z1fI1PIiiE");
	for (i = 2; i < 36; i++) {
		char digit = (char)(i < 11 ? '0' + i - 1 : 'A' + i - 11);

		used += (size_t)sprintf(name + used, "S0_IS%c_S%c_E", digit, digit);
	}
	sprintf(name + used, "EvT_");
	is_short(name, name);
	/* The same in D: arrays by arrays. */
	used = (size_t)sprintf(name, "_D1fFHii");
	for (i = 0; i < 40; i++)
		used += (size_t)sprintf(name + used, i == 0 ? "HQeQg" : "HQgQi");
	sprintf(name + used, "Zv");
	is_short(name, name);
}

static void others_stay(void **state)
{
	is_short("main", "main");
	is_short("foo.constprop.0", "foo.constprop.0");
	is_short("main.(*T).run", "main.(*T).run");
	is_short("runtime.mallocgc", "runtime.mallocgc");
	is_short("_Z", "_Z");
	is_short("_ZN", "_ZN");
	is_short("", "");
	is_short("[truncated]", "[truncated]");
	is_short("libx.so+0x12", "libx.so+0x12");
	is_short("a<b", "a<b");
}

static void long_forms_get_short(void **state)
{
	is_short("ns::Pool<int>::grow(int, std::pair<int, char>)", "ns::Pool::grow");
	is_short("ns::(anonymous namespace)::hidden(int)", "ns::(anonymous namespace)::hidden");
	is_short("ns::F::operator()(int) const", "ns::F::operator()");
	is_short("ns::data(int)", "ns::data");
	is_short("ns::f()", "ns::f");
	is_short("(anonymous namespace)::f(int)", "(anonymous namespace)::f");
	is_short("ns::f(int)::{lambda(int)#1}::operator()(int) const",
		"ns::f(int)::{lambda(int)#1}::operator()");
	is_short("<T as core::fmt::Debug>::fmt", "<T as core::fmt::Debug>::fmt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mangled),
		cmocka_unit_test(rust_and_d),
		cmocka_unit_test(plain_templates),
		cmocka_unit_test(hostile),
		cmocka_unit_test(exponential),
		cmocka_unit_test(others_stay),
		cmocka_unit_test(long_forms_get_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
