-- SPDX-License-Identifier: BSD-2-Clause
-- For redis-cli --eval: allocates on so many different native stacks: each number's digits to base 3 are ways in which C
-- calls Lua, and Lua C again. Not here: who fetches the profile (bench/http_symbols).
local ways = {
	function(next) return pcall(next) end,
	function(next) return xpcall(next, tostring) end,
	function(next) return (string.gsub("x", "x", next)) end,
}

local function allocate(number, depth)
	if depth == 0 then
		return #tostring(number * 7919)
	end
	ways[number % 3 + 1](function()
		allocate(math.floor(number / 3), depth - 1)
		return "y"
	end)
end

for number = 0, tonumber(ARGV[1]) - 1 do
	allocate(number, 9)
end
