# SPDX-License-Identifier: MIT
# The simulator of the whole. Included by the Makefile, whose variables it uses.

SIMULATOR := $(B)/tests/simulator/simulator
TESTS += $(SIMULATOR)

$(SIMULATOR): $(call objects,$(wildcard tests/simulator/*.c)) $(B)/tests/unit/io/power_cut.o $(io_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $+ $(io_ldlibs)
$(call objects,$(wildcard tests/simulator/*.c)): | $(PROTOS:%=$(G)/%.pb-c.h)
