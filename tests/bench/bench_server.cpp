// What requests and updates cost the server, on a core of its own, beside servers that do nothing else:
//   bench_server [--smoke]
// Load and Redis have another core. Rows are medians of runs in turn with the baseline; `--smoke`: one short run each, and
// nothing is judged. BENCH_RESULTS names a file of JSON for the rows.
#include "bench/blocking_socket.hpp" // tests/
#include "bench/process_usage.hpp"
#include "bench/report.hpp"
#include "bench/server_load.hpp"

#include "support/redis_server.hpp"
#include "support/run_coro.hpp"
#include "support/server_process.hpp"

#include "../../examples/support/child_process.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using bench::load_result;
using bench::target_server;

constexpr int server_core = 0;
constexpr int load_core = 1;
constexpr double server_p99_ms = 1;
constexpr double most_kib_per_connection = 6;
constexpr double most_fresh_mib = 20;

struct plan {
    int runs;
    std::chrono::duration<double> time;
    int clients; ///< of updates
    int idle;
};
constexpr plan usual{5, 1500ms, 1000, 4000};
constexpr plan smoke{1, 150ms, 50, 200};

std::string symbol(int number)
{
    return "S" + std::to_string(number) + "/USDT";
}

std::string bulk(std::string_view text)
{
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

/// Writes tickers, each with its publication, as services do.
class market {
public:
    explicit market(std::uint16_t redis) : redis_(redis) {}

    void write(int first, int count)
    {
        std::string words;
        for (int i = first; i < first + count; ++i) {
            char json[256];
            const double price = 50'000 + static_cast<double>(++written_ % 1000) / 8;
            std::snprintf(json, sizeof json,
                          R"({"symbol":"%s","exchange":"bench","price":%.6f,"volume":12.5,"time":%.6f,)"
                          R"("bid":%.6f,"ask":%.6f,"last":%.6f})",
                          symbol(i).c_str(), price, bench::now_seconds(), price - 1, price + 1, price);
            words += "*4\r\n$4\r\nHSET\r\n" + bulk("tickers:bench") + bulk(symbol(i)) + bulk(json);
            words += "*3\r\n$7\r\nPUBLISH\r\n" + bulk("ticker_updates:bench:" + symbol(i)) + bulk(json);
        }
        redis_.send(words);
        redis_.discard();
    }

private:
    bench::blocking_socket redis_;
    unsigned written_ = 0;
};

/// A server that stands beside ours, on the same core.
class baseline {
public:
    explicit baseline(const std::vector<std::string>& arguments)
        : child_(command(arguments), directory_.path() / "out")
    {
        const auto limit = std::chrono::steady_clock::now() + 10s;
        while (!examples::text_of(directory_.path() / "out").ends_with('\n')) {
            if (!child_.running() || std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("baseline_server does not start");
            std::this_thread::sleep_for(1ms);
        }
        port_ = static_cast<std::uint16_t>(std::stoul(examples::text_of(directory_.path() / "out")));
        bench::pin(child_.pid(), server_core);
    }

    target_server target() const { return {port_, child_.pid()}; }

private:
    static std::vector<std::string> command(const std::vector<std::string>& arguments)
    {
        std::vector<std::string> words{FULLON_BIN_DIR "/baseline_server"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        return words;
    }

    support::temp_dir directory_;
    examples::child_process child_;
    std::uint16_t port_ = 0;
};

/// Ours.
class server {
public:
    explicit server(const support::redis_server& redis)
        : child_(variables(redis)), port_([this] {
              boost::asio::io_context context(1);
              return support::run(context, [this] { return child_.listening(); }, 20s);
          }())
    {
        bench::pin(child_.pid(), server_core);
    }

    target_server target() const { return {port_, child_.pid()}; }

private:
    static std::vector<std::string> variables(const support::redis_server& redis)
    {
        auto made = support::server_process::variables_for(redis);
        made.emplace_back("WEBSOCKET_MAX_CONNECTIONS=10000");
        return made;
    }

    support::server_process child_;
    std::uint16_t port_;
};

struct medians {
    load_result ours;
    load_result beside;
};

double median_of(const std::vector<load_result>& all, double load_result::* what)
{
    std::vector<double> values;
    for (const auto& one : all)
        values.push_back(one.*what);
    return bench::median(std::move(values));
}

load_result median_of(const std::vector<load_result>& all)
{
    return {median_of(all, &load_result::per_second), median_of(all, &load_result::cpu_micros),
            median_of(all, &load_result::p50), median_of(all, &load_result::p99)};
}

template <class Ours, class Beside>
medians in_turn(int runs, Ours ours, Beside beside)
{
    std::vector<load_result> first;
    std::vector<load_result> second;
    for (int i = 0; i < runs; ++i) {
        second.push_back(beside());
        first.push_back(ours());
    }
    return {median_of(first), median_of(second)};
}

std::string ticker_request(int id)
{
    return R"({"operation":"get_ticker","params":{"exchange":"bench","symbol":"S0/USDT"},"request_id":)" +
           std::to_string(id) + "}";
}

void measure_requests(bench::report& to, const plan& how, const target_server& ours)
{
    const baseline echo({"beast"});
    const auto load = [&](const target_server& which, int connections, int depth) {
        return bench::load_with_requests(which, connections, depth, ticker_request, how.time);
    };
    const auto single =
        in_turn(how.runs, [&] { return load(ours, 64, 1); }, [&] { return load(echo.target(), 64, 1); });
    to.add({"get_ticker 64 x 1", "us of CPU", single.ours.cpu_micros, single.beside.cpu_micros, 1});
    to.add({"get_ticker 64 x 1, p99", "ms", single.ours.p99 / 1000, {}, server_p99_ms});
    const auto pipelined =
        in_turn(how.runs, [&] { return load(ours, 16, 16); }, [&] { return load(echo.target(), 16, 16); });
    to.add({"get_ticker 16 x 16", "us of CPU", pipelined.ours.cpu_micros, pipelined.beside.cpu_micros, 0.2});
}

void measure_updates(bench::report& to, const plan& how, const target_server& ours, std::uint16_t redis)
{
    const baseline bare({"bare", std::to_string(redis)});
    market writer(redis);
    constexpr int topics = 10;
    writer.write(0, topics);
    std::string names;
    for (int i = 0; i < topics; ++i)
        names += (i == 0 ? "\"" : ",\"") + symbol(i) + "\"";
    const auto load = [&](const target_server& which, const char* time_word, int at_once, double rate) {
        int next = 0;
        bench::update_load what;
        what.clients = how.clients;
        what.subscription = R"({"operation":"stream_tickers","params":{"exchange":"bench","symbols":[)" +
                            names + R"(]},"request_id":"1"})";
        what.time_word = time_word;
        what.bursts_per_second = rate;
        what.write_burst = [&writer, &next, at_once] {
            writer.write(next, at_once);
            next = (next + at_once) % topics;
        };
        return bench::load_with_updates(which, what, how.time);
    };
    const auto compare = [&](int at_once, double rate) {
        return in_turn(
            how.runs, [&] { return load(ours, "\"timestamp\":", at_once, rate); },
            [&] { return load(bare.target(), "\"time\":", at_once, rate); });
    };
    const auto one = compare(1, 60);
    to.add({"one update to " + std::to_string(how.clients), "us of CPU each", one.ours.cpu_micros,
            one.beside.cpu_micros, 1.1});
    const auto burst = compare(topics, 20);
    to.add({"burst of 10 to " + std::to_string(how.clients), "us of CPU each", burst.ours.cpu_micros,
            burst.beside.cpu_micros, 1.2});
    to.add({"burst of 10, p50", "ms", burst.ours.p50 / 1000, {}, 6});
}

void measure_memory(bench::report& to, const plan& how, const support::redis_server& redis)
{
    const server fresh(redis);
    const auto pid = fresh.target().pid;
    const double before = bench::resident_kib(pid);
    const bench::crowd idle(fresh.target().port, how.idle);
    std::this_thread::sleep_for(300ms); // what a new connection has to do is done
    to.add({"fresh server", "MiB", before / 1024, {}, most_fresh_mib});
    to.add({"idle connection",
            "KiB",
            (bench::resident_kib(pid) - before) / how.idle,
            {},
            most_kib_per_connection});
}

void allow_many_descriptors()
{
    rlimit most{};
    ::getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &most);
}

} // namespace

int main(int argc, char** argv)
try {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const bool short_run = !arguments.empty() && arguments.front() == "--smoke";
    const auto part = arguments.size() > (short_run ? 1 : 0) ? arguments.back() : std::string_view("all");
    const auto chosen = [part](std::string_view name) { return part == "all" || part == name; };
    if (arguments.size() > (short_run ? 2 : 1) ||
        !(chosen("requests") || chosen("updates") || chosen("memory"))) {
        std::fprintf(stderr, "usage: bench_server [--smoke] [requests|updates|memory]\n");
        return 2;
    }
    const auto& how = short_run ? smoke : usual;
    allow_many_descriptors();
    bench::pin(::getpid(), load_core);
    const support::redis_server redis;
    bench::pin(redis.pid(), load_core);
    market(redis.port()).write(0, 10);
    const server ours(redis);
    bench::report table("server");
    if (chosen("requests"))
        measure_requests(table, how, ours.target());
    if (chosen("updates"))
        measure_updates(table, how, ours.target(), redis.port());
    if (chosen("memory"))
        measure_memory(table, how, redis);
    if (!short_run)
        table.save();
    return 0;
} catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_server: %s\n", failure.what());
    return 1;
}
