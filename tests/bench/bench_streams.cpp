// How long a write in Redis takes to reach a subscribed client, for every kind of write that a stream covers, on an
// otherwise idle server (target: p99 at most 5 ms), and which Redis commands it causes beyond its own (target: readings
// of what was written). Fails when a target is missed three times over.
#include "bench/stream_scenarios.hpp" // tests/

#include <cstdio>
#include <exception>

int main()
{
    try {
        bench::stream_world world;
        std::printf("%-28s %-32s %8s %8s %8s  %s\n", "stream", "write", "p50 us", "p99 us", "max us",
                    "Redis commands beyond its own, of one write");
        bool good = true;
        for (const auto& one : bench::all_scenarios())
            good = one->run(world) && good;
        std::printf("%s\n", good ? "all within 5 ms" : "MISSED: p99 over 5 ms");
        return good ? 0 : 1;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_streams: %s\n", failure.what());
        return 1;
    }
}
