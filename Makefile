# SPDX-License-Identifier: MIT
# hnlmon - see README.md. `make help` lists the targets; V=1 shows the commands; VARIANT=release|asan|tsan chooses a build.
VARIANT ?= release
B := build/$(VARIANT)
G := build/gen

CC ?= gcc
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
ifdef CI
WARNINGS += -Werror
endif
VERSION := 0.1.0
CPPFLAGS := -DHNLMON_VERSION=\"$(VERSION)\" -Iinclude -Idaemon -Ifirmware-sim -I$(G) -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
BASE := -std=c11 -g -ffp-contract=off -fno-common $(WARNINGS)
CFLAGS_release := -O2
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -fsanitize=thread
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
export TSAN_OPTIONS := ignore_noninstrumented_modules=1 # libzmq hands messages over by atomics that tsan does not see
CFLAGS = $(BASE) $(CFLAGS_$(VARIANT))
LDFLAGS = $(CFLAGS_$(VARIANT))

# Each folder is one library; the order is the order of the includes.
in = $(patsubst %,$(1)/%.c,$(2))
KERNEL := $(call in,daemon/kernel,batch batch_avx2 batch_avx512 batch_slots crc32c crc32c_x86 isqrt mmiss ring select)
CORE := $(call in,daemon/core,alarm alarm_entry alarms announcement archive background beam_time blind burst change closing cluster condition constancy deviance estimates evaluation excess exclusion false_alarm flood focus histograms horizon intake ledger limit line mixture monitor monitor_state normal physics quadrature reach reminder root scan shape_limit significance stream summary tail tally template template_bias template_builtin template_data withheld)
WIRE := $(call in,daemon/wire,block burst_file certificate checkpoint control_codec core_message frame_codec journal message_json protobuf_table published recording recording_reader segments template_choice template_file)
IO := $(call in,daemon/io,challenge client_socket clock control control_client curve decisions disk_posix doors endpoint epoch frame_publisher frame_ring handshake held_reply latency link link_client link_health loop losses outgoing overhear progress publisher reception retention sandbox savepoint secret session socket socket_monitor standard_streams storage store subscriber tap wire_faults zap zmq_event)
CLI := $(call in,daemon/cli,alarm_census alarm_kinds alarms bursts calc calc_m2 check_config decimal decisions digest episodes feed field figure figure_photons figure_reach figure_spectrum headline hist keygen label limit_compare limit_curves limit_outlook limit_shape limits lines m2_histogram main masses na62 new_period null null_source options paragraph patience pick playback plot poisson_interval power projection query replay report sample scan sensitivity sequence sheet shelve simulation simulation_options state status template template_build template_compare template_data template_show terminal truth unblind watch)
CONFIG := $(call in,daemon,config config_file config_table log nearest)
DAEMON := $(call in,daemon,alarm_log command_line guard main notify report state) $(CONFIG)
PHYSICS := $(call in,firmware-sim/physics,acceptance accidental alias beam component counting dalitz decay detector disturbance event flight hot_channel ke3gamma ke4 kmu3 muon photon_map pi0 pipi0 random ratio resolution response sampler signal smear spectrum spill strata survey vertex veto)
FIRMWARE := $(call in,firmware-sim/firmware,downscaling framing)
BOARD := $(call in,firmware-sim,backward condition event_options measurement options template_simulate)
FWSIM := $(call in,firmware-sim,board_host spectrum_command)
# The client library for front-ends of others: its symbols are those of include/hnlmon/frontend.h and no others.
FRONTEND := $(call in,firmware-sim,frontend) $(call in,firmware-sim/firmware,framing) $(call in,daemon/io,clock curve \
  endpoint epoch handshake link_client losses retention session socket socket_monitor wire_faults) $(call in,daemon/wire, \
  certificate frame_codec protobuf_table) $(call in,daemon/kernel,crc32c crc32c_x86 ring)
TEMPLATE := $(call in,firmware-sim,backward measurement template_build template_simulate) $(PHYSICS) \
  $(call in,daemon/core,background template template_bias) $(call in,daemon/kernel,isqrt mmiss select) \
  $(call in,daemon/wire,template_file)
SOURCES := $(KERNEL) $(CORE) $(WIRE) $(IO) $(CLI) $(DAEMON) $(FIRMWARE) $(BOARD) $(FRONTEND) $(FWSIM) $(TEMPLATE)
PROTOS := frontend monitor control state
TEMPLATES := paper na62 na62_beam
TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*/test_*.c))

PROGRAMS := $(B)/hnlmond $(B)/hnlmon $(B)/hnlmon-fwsim

ifdef V
Q :=
else
Q := @
say = @echo '  $(1)  $(patsubst $(B)/%,%,$@)';
endif

all: $(PROGRAMS) $(B)/libhnlmon-frontend.a $(B)/examples/frontend

objects = $(patsubst %.c,$(B)/%.o,$(1))
library = $(B)/lib$(1).a

$(call library,kernel): $(call objects,$(KERNEL))
$(call library,core): $(call objects,$(CORE)) $(TEMPLATES:%=$(B)/gen/template_%.o)
$(call library,wire): $(call objects,$(WIRE)) $(PROTOS:%=$(B)/gen/%.pb-c.o) $(B)/gen/frontend_descriptor.o
$(call library,io): $(call objects,$(IO))
$(call library,physics): $(call objects,$(PHYSICS))
$(call library,firmware): $(call objects,$(FIRMWARE))
$(call library,board): $(call objects,$(BOARD))
$(call library,cli): $(call objects,$(filter-out %/main.c,$(CLI)) $(CONFIG))
$(B)/lib%.a:
	$(call say,AR )
	$(Q)rm -f $@ && $(AR) rcs $@ $^

kernel_libs := $(call library,kernel)
core_libs := $(call library,core) $(kernel_libs)
wire_libs := $(call library,wire) $(core_libs)
io_libs := $(call library,io) $(wire_libs)
physics_libs := $(call library,physics)
firmware_libs := $(call library,firmware) $(kernel_libs)
board_libs := $(call library,board) $(physics_libs) $(core_libs)
cli_libs := $(call library,cli) $(board_libs) $(io_libs)

core_ldlibs := -lm
wire_ldlibs := -lprotobuf-c -ljansson -lm
io_ldlibs := -lzmq -levent_core -lsodium -lseccomp $(wire_ldlibs)
cli_ldlibs := $(io_ldlibs) -lyaml
physics_ldlibs := -lm

$(B)/hnlmond: $(call objects,$(DAEMON)) $(io_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(io_ldlibs) -lyaml
$(B)/hnlmon: $(call objects,daemon/cli/main.c) $(cli_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $+ $(cli_ldlibs)
$(B)/hnlmon-fwsim: $(call objects,$(FWSIM)) $(board_libs) $(call library,firmware) $(io_libs)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $+ $(io_ldlibs)

$(B)/libhnlmon-frontend.a: $(call objects,$(FRONTEND))
	$(call say,AR )
	$(Q)$(LD) -r -o $(B)/frontend-all.o $^ && objcopy --wildcard --keep-global-symbol='frontend_*' $(B)/frontend-all.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(B)/frontend-all.o
# As somebody builds it who has nothing but the header and the library.
$(B)/examples/frontend: tests/examples/frontend.c $(B)/libhnlmon-frontend.a include/hnlmon/frontend.h
	@mkdir -p $(@D)
	$(call say,LD )
	$(Q)$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(WARNINGS) $(CFLAGS_$(VARIANT)) -Iinclude -o $@ $< -L$(B) -lhnlmon-frontend -lzmq -lsodium

# A unit test links the component of its folder and what that may include, so that the arrows hold for tests too.
define unit_rule
$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $$($(1)_libs)
	$$(call say,LD )
	$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$+ $$($(1)_ldlibs) -lcmocka -lm
endef
$(foreach c,kernel core wire io physics firmware board cli,$(eval $(call unit_rule,$(c))))
$(B)/tests/unit/io/test_store $(B)/tests/unit/io/test_savepoint: $(B)/tests/unit/io/power_cut.o

# Sums over all masses, bins and slots at the end of a burst: -O3 vectorises them.
$(B)/daemon/core/background.o $(B)/daemon/core/estimates.o $(B)/daemon/core/horizon.o: CFLAGS += -O3
# The vector kernels need these to vectorise; the results stay integers and identical (see daemon/kernel/batch.h).
$(B)/daemon/core/tally.o $(B)/daemon/kernel/batch%.o: CFLAGS += -O3 -fno-math-errno -fno-trapping-math
$(B)/gen/%.pb-c.o: WARNINGS :=

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(G)/%.c
	@mkdir -p $(@D)
	$(call say,CC )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Generated: message codecs, the schema that recordings embed, and the background templates.
$(G)/%.pb-c.c $(G)/%.pb-c.h: proto/%.proto $(PROTOS:%=proto/%.proto)
	@mkdir -p $(G)
	$(Q)protoc-c --proto_path=proto --c_out=$(G) $<
$(G)/frontend_descriptor.c: proto/frontend.proto
	@mkdir -p $(G)
	$(Q)protoc --proto_path=proto --include_imports --descriptor_set_out=$(G)/frontend.desc $<
	$(Q){ echo '#include "wire/recording.h"'; echo 'const unsigned char frontend_descriptor[] = {'; \
	  od -An -v -tu1 $(G)/frontend.desc | sed 's/\([0-9]\+\)/\1,/g'; \
	  echo '};'; echo 'const size_t frontend_descriptor_size = sizeof frontend_descriptor;'; } >$@
$(G)/template-build: $(TEMPLATE) $(wildcard include/hnlmon/*.h firmware-sim/*.h firmware-sim/physics/*.h) \
  $(wildcard daemon/core/*.h)
	@mkdir -p $(G)
	$(call say,CC )
	$(Q)$(CC) $(CPPFLAGS) $(BASE) -O2 -o $@ $(TEMPLATE) -lm
$(G)/template_paper.c: $(G)/template-build
	$(call say,GEN)
	$(Q)$< paper >$@.tmp && mv $@.tmp $@
$(G)/template_%.c: firmware-sim/templates/%.template $(G)/template-build
	$(call say,GEN)
	$(Q)$(G)/template-build $* $< >$@.tmp && mv $@.tmp $@

$(call objects,$(WIRE) $(wildcard tests/unit/wire/*.c)) $(PROTOS:%=$(B)/gen/%.pb-c.o): | $(PROTOS:%=$(G)/%.pb-c.h)

-include $(shell find build -name '*.d' 2>/dev/null)

include tests/bench/bench.mk
include tests/fuzz/fuzz.mk tests/torture/torture.mk
include tests/campaigns/campaigns.mk tests/simulator/simulator.mk

# ---- the figures of the paper, from our own simulation ----

F := build/figures
FIGURES := br spectrum photons reach veto
FIGURE_EVENTS := --events 4000000
$(F)/br.csv: FIGURE_EVENTS :=

ifneq ($(filter figures,$(MAKECMDGOALS)),)
ifeq ($(shell command -v gnuplot),)
$(error make figures needs gnuplot (Debian: gnuplot-nox); `sh tests/with-deps make figures` installs it)
endif
endif

$(F)/%.csv: $(B)/hnlmon
	@mkdir -p $(F)
	$(call say,CSV)
	$(Q)$< sensitivity $* $(FIGURE_EVENTS) --csv >$@.tmp && mv $@.tmp $@
$(F)/%.png $(F)/%.svg: $(F)/%.csv firmware-sim/figures/%.gp firmware-sim/figures/style.gp
	@echo '  FIG  $(F)/$*.png $(F)/$*.svg'
	$(Q)gnuplot -e "base='$(F)/$*'; type='png'" firmware-sim/figures/style.gp firmware-sim/figures/$*.gp
	$(Q)gnuplot -e "base='$(F)/$*'; type='svg'" firmware-sim/figures/style.gp firmware-sim/figures/$*.gp

# ---- what people call ----

PREFIX ?= /usr/local
SYSTEM_TESTS := $(wildcard tests/system/test_*) tests/torture/test_io_faults tests/proofs/run_spin

demo: all
	$(Q)HNLMON_BUILD=$(B) tests/demo

figures: $(FIGURES:%=$(F)/%.png)

calibrate: all
	$(Q)HNLMON_BUILD=$(B) tests/calibrate --out build/calibration.txt

check-full: export HNLMON_FULL := 1
check-full: MORE := tests/proofs/run_framac tests/proofs/same_bits_everywhere
check check-full: all $(TESTS) $(FEEDER)
	$(Q)HNLMON_BUILD=$(B) tests/run tests/arrows tests/freestanding $(TESTS) $(SYSTEM_TESTS) $(MORE)

check-asan:
	$(Q)$(MAKE) VARIANT=asan check-units
	$(Q)$(MAKE) VARIANT=asan check-system

check-tsan:
	$(Q)$(MAKE) VARIANT=tsan check-units

check-units: $(TESTS)
	$(Q)HNLMON_BUILD=$(B) tests/run $(TESTS)

check-system: all $(FEEDER)
	$(Q)HNLMON_BUILD=$(B) tests/run $(SYSTEM_TESTS)

lint:
	$(Q)tests/lint

sources:
	@printf '%s\n' $(sort $(SOURCES))

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/hnlmon $(DESTDIR)$(PREFIX)/share/hnlmon/proto
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -D -m 644 $(B)/libhnlmon-frontend.a $(DESTDIR)$(PREFIX)/lib/libhnlmon-frontend.a
	install -m 644 include/hnlmon/*.h $(DESTDIR)$(PREFIX)/include/hnlmon
	install -m 644 proto/*.proto $(DESTDIR)$(PREFIX)/share/hnlmon/proto
	install -m 644 systemd/hnlmond.yaml $(DESTDIR)$(PREFIX)/share/hnlmon
	install -D -m 644 systemd/hnlmond.service $(DESTDIR)$(PREFIX)/lib/systemd/system/hnlmond.service

clean:
	rm -rf build

help:
	@echo 'make              build hnlmond, hnlmon and hnlmon-fwsim in build/release'
	@echo 'make demo         front-end, daemon, summaries and an alarm on an injected signal (SIGNAL=0: without)'
	@echo '                  CONDITION=lav-off: a run condition that goes wrong, and its alarm; CONDITION=list lists them'
	@echo 'make check        all quick tests; check-full: with the long ones; check-asan, check-tsan: with sanitizers'
	@echo '                  TESTS_JOBS=N at a time; TESTS_TIMES=1 lists the slowest'
	@echo 'make fuzz T=60    each fuzz target for T seconds, with clang; says how many executions there were so far'
	@echo 'make bench        speed, beside yardsticks of the same run, into build/bench.json'
	@echo 'make calibrate    false alarms and delays of the real core on years of bursts, into build/calibration.txt (an hour)'
	@echo 'make campaigns    faults on the real processes: kills, networks, disks, floods; make soak T=SECONDS: all of them'
	@echo 'make figures      the figures of arXiv:2008.11654 from our own simulation, into build/figures'
	@echo 'make lint         layout and static analysis; format: apply the layout'
	@echo 'make install      into $$(DESTDIR)$$(PREFIX), PREFIX=/usr/local'
	@echo 'make clean        remove build/'

.PHONY: all calibrate demo figures check check-full check-asan check-tsan check-units check-system lint sources format install clean help
.SECONDARY:
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL: # `make clean all` cleans first
endif
