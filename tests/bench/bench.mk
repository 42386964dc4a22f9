# SPDX-License-Identifier: MIT
# The benchmark: programs built only for it, and `make bench`. Included by the Makefile, whose variables it uses.

BENCH_PROGRAMS := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/bench_*.c)) $(B)/bench/yardstick
BENCH_CXXFLAGS := -std=c++17 -O3 -march=native -fno-math-errno -fno-trapping-math

bench: all $(BENCH_PROGRAMS) $(G)/frontend_pb2.py
	$(Q)HNLMON_BUILD=$(B) HNLMON_GEN=$(G) /usr/bin/python3 tests/bench/run

$(B)/bench/bench_kernel: $(kernel_libs)
$(B)/bench/bench_generator: $(physics_libs)
$(B)/bench/bench_close: $(core_libs)
$(B)/bench/bench_decode $(B)/bench/bench_core $(B)/bench/bench_send $(B)/bench/bench_feed: $(wire_libs)
$(B)/bench/bench_input: $(physics_libs) $(wire_libs)
$(B)/bench/bench_latency: $(io_libs)
$(B)/bench/bench_%: $(B)/tests/bench/bench_%.o
	@mkdir -p $(@D)
	$(call say,LD )
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(io_ldlibs)
$(B)/tests/bench/bench_latency.o: | $(G)/monitor.pb-c.h $(G)/frontend.pb-c.h

# The yardsticks are built as their users would: with every instruction of this machine.
$(B)/bench/yardstick: tests/bench/yardstick.cc $(G)/frontend.pb.cc
	@mkdir -p $(@D)
	$(call say,CXX)
	$(Q)$(CXX) $(BENCH_CXXFLAGS) -Iinclude -I$(G) -o $@ $^ -lprotobuf -lzmq -pthread
$(G)/frontend.pb.cc: proto/frontend.proto
	@mkdir -p $(G)
	$(Q)protoc --proto_path=proto --cpp_out=$(G) $<
$(G)/frontend_pb2.py: proto/frontend.proto
	@mkdir -p $(G)
	$(Q)protoc --proto_path=proto --python_out=$(G) $<

.PHONY: bench
