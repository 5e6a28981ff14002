/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One unit of a large C++ program: bench/symbolize copies what the compiler makes of it, under other
 * names, until the debug information is as large as wanted.
 */
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace unit0 {

template <int N> struct Item {
	int number;
	double price;
	std::string name;
	std::vector<int> parts;

	bool operator<(const Item &other) const
	{
		return number < other.number || name < other.name;
	}
};

/*
 * A plain function, where DWARF has no linkage name for what it instantiates with its lambdas; or,
 * with -DTEMPLATES, a template, where every function has one.
 */
#ifdef TEMPLATES
#define WORK(n)                                                                                    \
	BODY(n, template <int>)                                                                    \
	template int work##n<0>(std::vector<Item<n>> &, std::map<int, Item<n>> &,                  \
		std::unordered_map<std::string, Item<n>> &);
#else
#define WORK(n) BODY(n, )
#endif
#define BODY(n, TEMPLATE)                                                                          \
	TEMPLATE int work##n(std::vector<Item<n>> &items, std::map<int, Item<n>> &by_number,                \
		std::unordered_map<std::string, Item<n>> &by_name)                                 \
	{                                                                                          \
		std::function<int(int)> remember = [&](int number) {                               \
			by_number[number].parts.push_back(number);                                 \
			return static_cast<int>(by_number.size());                                 \
		};                                                                                 \
                                                                                                   \
		std::sort(items.begin(), items.end(), [](const Item<n> &l, const Item<n> &r) {     \
			return l.price < r.price;                                                  \
		});                                                                                \
		for (auto &item : items) {                                                         \
			by_name[item.name] = item;                                                 \
			remember(item.number);                                                     \
		}                                                                                  \
		items.push_back(*std::make_shared<Item<n>>());                                     \
		return static_cast<int>(by_name.size()) + remember(n);                             \
	}

WORK(0) WORK(1) WORK(2) WORK(3) WORK(4) WORK(5) WORK(6) WORK(7)
WORK(8) WORK(9) WORK(10) WORK(11) WORK(12) WORK(13) WORK(14) WORK(15)
WORK(16) WORK(17) WORK(18) WORK(19) WORK(20) WORK(21) WORK(22) WORK(23)

} // namespace unit0
