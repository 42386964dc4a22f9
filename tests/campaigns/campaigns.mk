# SPDX-License-Identifier: MIT
# The campaigns: their front-end, and `make campaigns` and `make soak`. Included by the Makefile, whose variables it uses.

FEEDER := $(B)/campaigns/feeder
FEEDER_SOURCES := $(patsubst %,tests/campaigns/%.c,feeder feeder_options pool twin)

$(FEEDER): $(call objects,$(FEEDER_SOURCES)) $(physics_libs) $(io_libs)
	@mkdir -p $(@D)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(io_ldlibs)

# Small ones of each kind: some minutes. A larger one: tests/campaign kill --seed 1 --size 800
campaigns: all $(FEEDER)
	$(Q)for size in kill=20 overload=10 network=1 storage=1 alarms=40 soak=30; do \
	  HNLMON_BUILD=$(B) tests/campaign $${size%=*} --size $${size#*=} || exit 1; done

soak: all $(FEEDER)
	$(Q)HNLMON_BUILD=$(B) tests/campaign soak --size $(or $(T),600)

.PHONY: campaigns soak
