# SPDX-License-Identifier: MIT
# Torture: what happens when memory or the disk fails at the n-th call. Included by the Makefile, whose variables it uses.

TORTURE := $(B)/tests/torture
TESTS += $(TORTURE)/test_allocation

# Of the daemon without its main: all that may allocate.
$(TORTURE)/test_allocation: $(TORTURE)/test_allocation.o $(TORTURE)/allocations.o \
  $(call objects,$(filter-out daemon/main.c,$(DAEMON))) $(io_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free -o $@ $+ $(io_ldlibs) -lyaml \
	  -lcmocka

# Preloaded into a daemon as it is: no sanitizer in it, they intercept the same calls.
$(TORTURE)/lib%.so: tests/torture/%.c
	@mkdir -p $(@D)
	$(call say,SO )
	$(Q)$(CC) $(BASE) -O2 -D_DEFAULT_SOURCE -fPIC -fno-builtin -shared -o $@ $< -ldl
all: $(patsubst %,$(TORTURE)/lib%.so,allocation_count clock faults)
