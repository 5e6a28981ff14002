/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code with all that makes symbols hard: templates, lambdas, inlined chains, static and anonymous
 * functions, constructors, functions that the compiler splits and clones. It allocates at known
 * lines, and is a program as well as (with -shared) a library.
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace shop {

template <typename T> struct Pool {
	std::vector<T> items;

	__attribute__((noinline)) void grow(const T &item, int count)
	{
		for (int i = 0; i < count; i++)
			items.push_back(item);
	}
};

struct Item {
	std::string name;
	double price;
	int count;

	explicit Item(int number) : name("item " + std::to_string(number)), price(number), count(1)
	{
	}
};

namespace {

__attribute__((noinline)) double sum_prices(const std::vector<Item> &items)
{
	double sum = 0;

	for (const Item &item : items)
		sum += item.price * item.count;
	return sum;
}

} // namespace

static inline void *inner_block(size_t size_bytes)
{
	void *block = malloc(size_bytes); /* inner_block */

	if (!block)
		abort();
	return block;
}

static inline char *middle_block(size_t size_bytes)
{
	char *block = static_cast<char *>(inner_block(size_bytes)); /* middle_block */

	block[0] = 'x';
	return block;
}

extern "C" __attribute__((noinline)) char *outer_block(size_t size_bytes)
{
	char *block = middle_block(size_bytes); /* outer_block */

	block[size_bytes - 1] = 'y';
	return block;
}

__attribute__((noinline)) int run(int count)
{
	Pool<Item> pool;
	std::map<int, std::string> names;
	std::function<int(int)> remember = [&](int number) {
		names[number] = "number " + std::to_string(number);
		return static_cast<int>(names.size());
	};

	for (int i = 0; i < count; i++)
		pool.grow(Item(count - i), 1 + i % 3);
	std::sort(pool.items.begin(), pool.items.end(),
		[](const Item &l, const Item &r) { return l.price < r.price || l.name < r.name; });
	for (const Item &item : pool.items)
		remember(item.count);
	return static_cast<int>(sum_prices(pool.items)) + remember(count);
}

} // namespace shop

static char *kept[32];

int main(int argc, char **argv)
{
	for (int i = 0; i < 32; i++)
		kept[i] = shop::outer_block(1009);
	(void)argv;
	printf("%d\n", shop::run(30 + argc));
	return 0;
}
