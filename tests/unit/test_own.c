/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where in a stack the program's own code begins.
 * Not here: how reports print it (tests/integration/suggested.bats).
 */
#include "report/profile/own.h"
#include "tests/unit/cmocka_all.h"

#define CXX  "/usr/include/c++/12/bits/stl_vector.h"
#define RUST "/rustc/0123abcd/library/alloc/src/alloc.rs"

/* Names and files, leaf first, in turns; the frame wanted is that of the number. */
static void begins_at(size_t wanted, const char *const *texts, size_t text_count)
{
	struct cpa_node items[8] = {{0}};
	struct cpa_nodes nodes = {.items = items};
	uint32_t frames[8];
	size_t i;

	for (i = 0; i < text_count / 2; i++) {
		items[i].name = texts[2 * i];
		items[i].file = texts[2 * i + 1];
		frames[i] = (uint32_t)i;
	}
	assert_int_equal(cpa_own_shown_from(&nodes, frames, text_count / 2), wanted);
}

#define BEGINS_AT(wanted, ...)                                                                     \
	begins_at(wanted, (const char *const[]){__VA_ARGS__},                                      \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void own_leaf(void **state)
{
	BEGINS_AT(0, "zmalloc", "", "main", "");
	BEGINS_AT(0, "shop::Server::order", "/src/shop.cc", "std::function", CXX, "main", "");
}

static void library_of_cxx(void **state)
{
	BEGINS_AT(1, "std::__new_allocator::allocate", CXX, "std::vector::push_back", CXX,
		"shop::order", "/src/shop.cc", "std::thread::_M_run", "", "main", "");
	BEGINS_AT(0, "std::make_shared", "", "shop::order", "");
	BEGINS_AT(1, "operator new", "", "__gnu_cxx::new_allocator", "", "main", "");
	/* What it is called says nothing, where it comes from does. */
	BEGINS_AT(0, "construct", CXX, "main", "/src/main.cc");
}

static void library_of_rust(void **state)
{
	BEGINS_AT(2, "__rust_alloc", "", "<alloc::alloc::Global>::alloc_impl", RUST,
		"alloc::vec::from_elem", RUST, "rs::Blob::new", "/src/rs.rs");
	BEGINS_AT(1, "alloc::alloc::alloc", "", "<&mut alloc::string::String as core::fmt::Write>",
		"", "rs::main", "");
	BEGINS_AT(1, "<T as alloc::vec::SpecFromElem>::from_elem", "", "hashbrown::insert", "",
		"<rs::Cache as rs::Grow>::grow", "");
	/* A program that has such a namespace itself. */
	BEGINS_AT(0, "core::Engine::load", "/src/engine.cc", "main", "/src/main.cc");
}

static void nothing_own(void **state)
{
	BEGINS_AT(0, "std::string::reserve", "", "std::terminate", "");
	begins_at(0, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_leaf),
		cmocka_unit_test(library_of_cxx),
		cmocka_unit_test(library_of_rust),
		cmocka_unit_test(nothing_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
