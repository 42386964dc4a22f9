// SPDX-License-Identifier: MIT
//
// yardstick - what a C++ user would write instead of the daemon: cppzmq, protobuf C++ and boost.histogram.
//
// Binds a PULL socket, parses each batch, applies the paper's selection, and fills m2_miss of the accepted candidates
// into the same bins. It keeps no ledger, publishes nothing, checks no CRC and has no second histogram: it has less to
// do than the daemon. Energies are rounded to Q13 as the daemon does, in double: the root is off by at most a few 1e-8
// LSB, so the result differs in less than one candidate out of ten million by one LSB, and the histogram almost never.
//
// Usage: yardstick ENDPOINT     ends at an empty message; prints one JSON line
#include <google/protobuf/arena.h>

#include <boost/histogram.hpp>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>
#include <zmq.hpp>

#include "frontend.pb.h"
#include "hnlmon/candidate.h"
#include "hnlmon/units.h"

namespace bh = boost::histogram;
using Axis = bh::axis::integer<int>;
using Histogram = bh::histogram<std::tuple<Axis>, bh::dense_storage<std::uint64_t>>;

constexpr double q26 = 1.0 / (std::int64_t{1} << M2_SHIFT);
constexpr std::int32_t m_gg_half_width_q13 = 15 << MOMENTUM_SHIFT;

static double energy(double px, double py, double pz, double mass)
{
    return std::nearbyint(std::sqrt(px * px + py * py + pz * pz + mass * mass));
}

// Bin of m2_miss in units of the bin width, for every candidate of the batch.
static void bins_of(const hnlmon::v1::Batch &batch, std::vector<int> &bins)
{
    const int count = static_cast<int>(batch.count());
    const std::int32_t *kx = batch.k_px().data(), *ky = batch.k_py().data(), *kz = batch.k_pz().data();
    const std::int32_t *px = batch.pi0_px().data(), *py = batch.pi0_py().data(), *pz = batch.pi0_pz().data();
    const std::int32_t *ex = batch.e_px().data(), *ey = batch.e_py().data(), *ez = batch.e_pz().data();
    bins.resize(batch.count());
    for (int i = 0; i < count; i++) {
        const double missing_energy = energy(kx[i], ky[i], kz[i], MASS_KAON_Q13) -
                                      energy(px[i], py[i], pz[i], MASS_PI0_Q13) -
                                      energy(ex[i], ey[i], ez[i], MASS_ELECTRON_Q13);
        const double dx = static_cast<double>(kx[i]) - px[i] - ex[i];
        const double dy = static_cast<double>(ky[i]) - py[i] - ey[i];
        const double dz = static_cast<double>(kz[i]) - pz[i] - ez[i];
        const double m2 = (missing_energy - dz) * (missing_energy + dz) - dx * dx - dy * dy;
        bins[i] = static_cast<int>(std::floor(m2 * q26 / M2_BIN_WIDTH_MEV2));
    }
}

// Keeps the bins of the candidates that pass the cuts.
static void select(const hnlmon::v1::Batch &batch, std::vector<int> &bins)
{
    const std::int32_t *m_gg = batch.m_gg().data();
    const std::uint32_t *flags = batch.flags().data(), *time = batch.time().data();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bins.size(); i++) {
        const bool passes = time[i] < CLOCK_LIMIT && m_gg[i] >= MASS_PI0_Q13 - m_gg_half_width_q13 &&
                            m_gg[i] <= MASS_PI0_Q13 + m_gg_half_width_q13 && !(flags[i] & FLAG_PHOTON_VETO);
        bins[kept] = bins[i];
        kept += passes;
    }
    bins.resize(kept);
}

// FNV-1a over underflow, bins, overflow as little-endian 64-bit words.
static std::uint64_t hash_of(const Histogram &histogram)
{
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (int bin = -1; bin <= M2_BIN_COUNT; bin++) {
        const std::uint64_t count = histogram.at(bin);
        for (int shift = 0; shift < 64; shift += 8) {
            hash ^= count >> shift & 0xFF;
            hash *= 0x100000001B3u;
        }
    }
    return hash;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: yardstick ENDPOINT\n");
        return 2;
    }
    using Clock = std::chrono::steady_clock;
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::pull);
    socket.set(zmq::sockopt::rcvtimeo, 20000);
    socket.bind(argv[1]);

    Histogram histogram(Axis(M2_BIN_FIRST, M2_BIN_FIRST + M2_BIN_COUNT));
    std::vector<char> block(1 << 20);
    google::protobuf::ArenaOptions options;
    options.initial_block = block.data();
    options.initial_block_size = block.size();
    google::protobuf::Arena arena(options);
    std::vector<int> bins;
    std::uint64_t candidates = 0;
    Clock::time_point begin;
    zmq::message_t message;
    for (;;) {
        if (!socket.recv(message))
            return 1;
        if (message.size() == 0)
            break;
        if (candidates == 0)
            begin = Clock::now();
        auto *frame = google::protobuf::Arena::CreateMessage<hnlmon::v1::FrontendFrame>(&arena);
        if (!frame->ParseFromArray(message.data(), static_cast<int>(message.size())) || !frame->has_batch())
            return 1;
        bins_of(frame->batch(), bins);
        select(frame->batch(), bins);
        histogram.fill(bins);
        candidates += frame->batch().count();
        arena.Reset();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::printf("{\"candidates\":%" PRIu64 ",\"seconds\":%.4f,\"candidates_per_s\":%.0f,\"hash\":\"%016" PRIx64 "\"}\n",
                candidates, seconds, static_cast<double>(candidates) / seconds, hash_of(histogram));
    return 0;
}
