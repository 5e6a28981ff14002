// SPDX-License-Identifier: BSD-2-Clause
// Much work for a C++ compiler: deep templates over the heavy headers.
// Not here: anything to run.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

template <std::size_t N> struct Layer : Layer<N - 1> {
	std::map<int, std::tuple<std::string, std::vector<Layer<N - 1> *>>> children;
	std::variant<int, std::string, std::shared_ptr<Layer<N - 1>>> value;

	template <typename F> auto visit(F &&f) const
	{
		return std::visit([&](const auto &one) { return f(one, N); }, value);
	}
};

template <> struct Layer<0> {
	virtual ~Layer() = default;
};

template <std::size_t... I> auto build(std::index_sequence<I...>)
{
	return std::make_tuple(Layer<I + 1>{}...);
}

template <typename T> struct Sorted {
	std::vector<T> all;

	void add(T one)
	{
		all.insert(std::upper_bound(all.begin(), all.end(), one), std::move(one));
	}
};

std::size_t work(const std::string &text)
{
	auto layers = build(std::make_index_sequence<12>{});
	std::size_t sum = 0;
	std::apply(
		[&](const auto &...layer) {
			((sum += layer.visit([](const auto &, std::size_t n) { return n; })), ...);
		},
		layers);
	std::regex words("([a-z]+)([0-9]*)", std::regex::icase | std::regex::optimize);
	std::unordered_map<std::string, Sorted<std::pair<std::string, int>>> index;
	for (std::sregex_iterator it(text.begin(), text.end(), words), end; it != end; ++it)
		index[(*it)[1]].add({(*it)[2], static_cast<int>(it->position())});
	for (const auto &[word, places] : index)
		sum += std::accumulate(places.all.begin(), places.all.end(), word.size(),
			[](std::size_t total, const auto &place) { return total + place.first.size(); });
	return sum;
}
