# SPDX-License-Identifier: BSD-2-Clause
# sampling/: adding a file is one line here.
libcpa_core_la_SOURCES += %D%/block.c %D%/block.h
libcpa_core_la_SOURCES += %D%/capture.c %D%/capture.h
libcpa_core_la_SOURCES += %D%/custom.c %D%/custom.h
libcpa_core_la_SOURCES += %D%/entries.c %D%/entries.h
libcpa_core_la_SOURCES += %D%/gate.c %D%/gate.h
libcpa_core_la_SOURCES += %D%/heap.c %D%/heap.h
libcpa_core_la_SOURCES += %D%/imports.c %D%/imports.h
libcpa_core_la_SOURCES += %D%/labels.c %D%/labels.h
libcpa_core_la_SOURCES += %D%/live.c %D%/live.h
libcpa_core_la_SOURCES += %D%/modules.c %D%/modules.h
libcpa_core_la_SOURCES += %D%/mutex.c %D%/mutex.h
libcpa_core_la_SOURCES += %D%/stacks.c %D%/stacks.h %D%/stack_record.h
libcpa_core_la_SOURCES += %D%/store.c %D%/store.h
libcpa_core_la_SOURCES += %D%/tally.c %D%/tally.h
libcpa_core_la_SOURCES += %D%/threadcreate.c %D%/threadcreate.h
libcpa_core_la_SOURCES += %D%/trace.c %D%/trace.h
libcpa_core_la_SOURCES += %D%/tracecache.c %D%/tracecache.h
libcpa_core_la_SOURCES += %D%/unwind.c %D%/unwind.h
