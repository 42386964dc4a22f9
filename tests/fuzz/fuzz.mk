# SPDX-License-Identifier: MIT
# Fuzzing: the targets with libFuzzer (make fuzz), and their replay over the kept corpus, which is part of make check.
# Included by the Makefile, whose variables it uses.

FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS = $(or $(T),60)

ifeq ($(VARIANT),fuzz)
FUZZ_MAIN :=
FUZZ_LDFLAGS := -fsanitize=fuzzer
else
FUZZ_MAIN := $(B)/tests/fuzz/replay.o
FUZZ_LDFLAGS :=
TESTS += $(FUZZ_TARGETS)
endif

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(FUZZ_MAIN) $(call objects,$(CONFIG)) $(io_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) $(FUZZ_LDFLAGS) -o $@ $+ $(io_ldlibs) -lyaml
$(call objects,$(wildcard tests/fuzz/*.c)): | $(PROTOS:%=$(G)/%.pb-c.h)

# Everything of ours is instrumented; protobuf-c, libzmq and the other libraries are as Debian has them.
fuzz:
	$(Q)$(MAKE) VARIANT=fuzz CC=clang fuzz-targets
	$(Q)tests/fuzz/run $(FUZZ_SECONDS) $(patsubst $(B)/tests/fuzz/fuzz_%,%,$(FUZZ_TARGETS))
fuzz-targets: $(FUZZ_TARGETS)

.PHONY: fuzz fuzz-targets

ifeq ($(VARIANT),fuzz)
# Sums over masses, bins and slots: following each of their comparisons would cost ten times the rest, and steers nothing.
$(patsubst %,$(B)/daemon/core/%.o,background constancy estimates exclusion horizon limit mixture scan summary tally \
  change): CFLAGS += -fno-sanitize=fuzzer-no-link
endif
