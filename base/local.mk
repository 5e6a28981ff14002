# SPDX-License-Identifier: BSD-2-Clause
# base/: adding a file is one line here.
libcpa_core_la_SOURCES += %D%/compiler.h
libcpa_core_la_SOURCES += %D%/arena.c %D%/arena.h
libcpa_core_la_SOURCES += %D%/atomic_double.h
libcpa_core_la_SOURCES += %D%/clock.c %D%/clock.h
libcpa_core_la_SOURCES += %D%/conf.c %D%/conf.h
libcpa_core_la_SOURCES += %D%/line.c %D%/line.h
libcpa_core_la_SOURCES += %D%/lock.c %D%/lock.h
libcpa_core_la_SOURCES += %D%/log.c %D%/log.h
libcpa_core_la_SOURCES += %D%/missed.h
libcpa_core_la_SOURCES += %D%/quantity.c %D%/quantity.h
libcpa_core_la_SOURCES += %D%/sizeclass.h
