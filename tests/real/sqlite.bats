# SPDX-License-Identifier: BSD-2-Clause
# sqlite3 builds a database of 100 MB and queries it. Compared with a run without us: everything it prints, its exit status, and the
# database file byte for byte.

load ../helpers

setup() {
	command -v sqlite3 >/dev/null || skip "no sqlite3 (Debian: sqlite3)"
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cat >"$BATS_TEST_TMPDIR/script.sql" <<-'END'
		PRAGMA journal_mode = OFF;
		PRAGMA synchronous = OFF;
		PRAGMA cache_size = -20000;
		CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, town INTEGER, notes TEXT);
		BEGIN;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 190000)
			INSERT INTO people SELECT i, printf('name-%x', i * 2654435761 % 4294967296), i * 7919 % 1000,
				printf('%.*c', 300 + i * 31 % 300, substr('abcdefghijklmnopqrstuvwxyz', 1 + i % 26, 1)) FROM n;
		COMMIT;
		CREATE INDEX by_name ON people (name);
		CREATE INDEX by_town ON people (town, id);
		ANALYZE;
		SELECT count(*), sum(length(notes)), min(name), max(name) FROM people;
		SELECT town, count(*), group_concat(id) FROM (SELECT town, id FROM people ORDER BY id LIMIT 20000) GROUP BY town ORDER BY town LIMIT 30;
		SELECT a.id, b.id FROM people a JOIN people b ON b.name = a.name AND b.id > a.id LIMIT 5;
		SELECT substr(notes, 1, 1) AS letter, avg(length(notes)), count(DISTINCT town) FROM people GROUP BY letter ORDER BY letter;
		SELECT id, name, dense_rank() OVER (PARTITION BY town ORDER BY name) AS r FROM people ORDER BY r DESC, id LIMIT 20;
		WITH RECURSIVE t(x) AS (SELECT '[' UNION ALL SELECT x || '1,' FROM t WHERE length(x) < 4000) SELECT max(length(x)), count(*) FROM t;
		SELECT page_count * page_size > 100000000 FROM pragma_page_count, pragma_page_size;
		PRAGMA integrity_check;
	END
}

@test "sqlite3 with a database of 100 MB" {
	local base=$BATS_TEST_TMPDIR plain=0 profiled=0
	sqlite3 "$base/plain.db" <"$base/script.sql" >"$base/plain.out" 2>"$base/plain.err" || plain=$?
	CPROFALLOC="interval=1s,rate=64k,dir=$dir" LD_PRELOAD=$CPA_LIB sqlite3 "$base/profiled.db" <"$base/script.sql" \
		>"$base/profiled.out" 2>"$base/profiled.err" || profiled=$?
	[[ $plain == 0 && $profiled == 0 ]]
	[[ $(tail -n 2 "$base/plain.out" | tr '\n' ' ') == "1 ok " ]]
	diff "$base/plain.out" "$base/profiled.out"
	diff "$base/plain.err" "$base/profiled.err"
	cmp "$base/plain.db" "$base/profiled.db"
	rm "$base/plain.db" "$base/profiled.db"
	complete "$dir"/*
	four_views "$(last_snapshot "$dir")"
	(($(pprof_py total "$(last_snapshot "$dir")" alloc_space) > 10000000))
}
