// Many services over one Redis, while services are killed and held up, and Redis is killed, hung and filled: what was told
// to be done is done once, what was told not to be done is not, and what nobody knows is done once at most; whatever was
// pushed reaches somebody or is still there; no merge is lost; a block has one holder.
//
// SERVICES_SECONDS=n runs for so long, SERVICES_SEED=n chooses the disturbances.
#include "services/diary.hpp"
#include "services/ledger.hpp"

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/temp_dir.hpp"

#include "../../examples/support/child_process.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t number_of_services = 4;
constexpr unsigned long usual_seconds = 12;

unsigned long number_from(const char* variable, unsigned long otherwise)
{
    const char* const text = std::getenv(variable);
    return text && *text ? std::strtoul(text, nullptr, 10) : otherwise;
}

// Redis keeps through a kill what it has answered for: it writes that to its file first. (With another appendfsync it does
// not where a client has not read all of an earlier reply: then it answers before that.)
class world {
public:
    explicit world(unsigned seed) : random_(seed), redis_({"--appendonly", "yes", "--appendfsync", "always"})
    {
        for (std::size_t i = 0; i < number_of_services; ++i)
            services_.push_back(start());
    }

    void disturb()
    {
        const auto which = below(10);
        if (which < 3)
            replace(services_[below(number_of_services)]);
        else if (which < 5)
            hold_up(services_[below(number_of_services)]);
        else if (which < 7)
            hang_redis();
        else if (which < 8)
            restart_redis();
        else
            fill_redis();
    }

    void rest(unsigned least, unsigned most)
    {
        std::this_thread::sleep_for(milliseconds(least + below(most - least)));
    }

    /// All services end in order.
    void end()
    {
        for (auto& one : services_) {
            const auto limit = steady_clock::now() + 10s * support::patience;
            while (!std::filesystem::exists(diary_of(one.number)) && steady_clock::now() < limit)
                std::this_thread::sleep_for(1ms);
            const auto code = one.process->stop(20s * support::patience);
            INFO(examples::text_of(output()));
            REQUIRE(code.value_or(-1) == 0);
        }
    }

    services::ledger ledger() const
    {
        services::ledger made;
        for (std::size_t i = 0; i < started_; ++i)
            made.read(diary_of(i), killed_.contains(i));
        return made;
    }

    support::redis_server& redis() { return redis_; }
    std::size_t killed() const { return killed_.size(); }
    std::size_t restarts() const { return restarts_; }

private:
    struct service {
        std::size_t number;
        std::unique_ptr<examples::child_process> process;
    };

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    std::filesystem::path output() const { return files_.path() / "output"; }
    std::filesystem::path diary_of(std::size_t number) const
    {
        return files_.path() / ("w" + std::to_string(number));
    }

    service start()
    {
        const auto number = started_++;
        const std::vector<std::string> words{FULLON_BIN_DIR "/service", std::to_string(redis_.port()),
                                             "w" + std::to_string(number), std::to_string(below(1'000'000)),
                                             diary_of(number).string()};
        return {number, std::make_unique<examples::child_process>(words, output())};
    }

    void replace(service& one)
    {
        killed_.insert(one.number);
        one = start(); // what it was ends with SIGKILL
    }

    void hold_up(service& one)
    {
        one.process->send(SIGSTOP);
        rest(50, 1000);
        one.process->send(SIGCONT);
    }

    void hang_redis()
    {
        redis_.pause();
        rest(20, 1500);
        redis_.resume();
    }

    void restart_redis()
    {
        redis_.kill();
        redis_.start();
        ++restarts_;
    }

    void fill_redis()
    {
        support::redis_cli cli(redis_);
        cli("CONFIG", "SET", "maxmemory", "1");
        rest(50, 400);
        cli("CONFIG", "SET", "maxmemory", "0");
    }

    std::minstd_rand random_;
    support::temp_dir files_;
    support::redis_server redis_;
    std::vector<service> services_;
    std::set<std::size_t> killed_;
    std::size_t started_ = 0;
    std::size_t restarts_ = 0;
};

// What is in the lists still, and what those who died had taken.
asio::awaitable<void> drain(asio::any_io_executor executor, const support::redis_server& redis,
                            services::ledger& into)
{
    support::redis_cli cli(redis);
    fullon_cache::connection connection(executor, services::settings_for(redis.port()));
    connection.start();
    co_await connection.ready();
    const fullon_cache::base_cache base(connection);
    const fullon_cache::orders_cache orders(connection);
    const fullon_cache::trades_cache trades(connection);
    const auto deadline = steady_clock::now() + 30s * support::patience;
    for (;;) {
        const auto trades_left = co_await trades.take_trades(services::exchange, services::traded);
        for (const auto& one : trades_left)
            into.found(std::get<std::string>(*one.trade_id));
        const auto work = co_await base.lpop(services::work_list);
        if (work)
            into.found(*work);
        const auto fill = co_await orders.pop_open_order(services::order_queue, 0ms);
        if (fill)
            into.found(*fill);
        if (work || fill || !trades_left.empty())
            continue;
        if (cli("KEYS", "fullon_cache:taken:*").elements.empty())
            break;
        if (steady_clock::now() > deadline)
            throw std::runtime_error("something that was taken is neither deleted nor put back");
        co_await support::pause(50ms);
    }
    co_await connection.stop();
}

std::map<std::string, int> stored_positions(const support::redis_server& redis)
{
    support::redis_cli cli(redis);
    std::map<std::string, int> found;
    const auto stored = cli("HGET", "account_positions", services::account);
    const auto parsed = boost::json::parse(stored.text);
    for (const auto& [symbol, value] : parsed.as_object())
        if (value.is_object())
            found[symbol] = value.at("volume").to_number<int>();
    return found;
}

} // namespace

TEST_CASE("nothing is lost and nothing done twice, whatever happens to services and to Redis")
{
    const auto seed = static_cast<unsigned>(number_from("SERVICES_SEED", std::random_device()()));
    INFO("SERVICES_SEED=" << seed);
    world all(seed);
    const auto end =
        steady_clock::now() + std::chrono::seconds(number_from("SERVICES_SECONDS", usual_seconds));
    while (steady_clock::now() < end) {
        all.rest(100, 500);
        all.disturb();
    }
    all.end();
    auto ledger = all.ledger();
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            co_await drain(executor, all.redis(), ledger);
        },
        60s);
    const auto problems = ledger.problems(stored_positions(all.redis()));
    std::printf(
        "%zu elements, %zu of unknown outcome, %zu merges, %zu blocks, %zu services killed, Redis %zu "
        "times, %zu problems\n",
        ledger.pushed(), ledger.unknown_outcomes(), ledger.merges(), ledger.blocks(), all.killed(),
        all.restarts(), problems.size());
    constexpr std::size_t most_shown = 20;
    for (std::size_t i = 0; i < problems.size() && i < most_shown; ++i)
        FAIL_CHECK(problems[i]);
}
