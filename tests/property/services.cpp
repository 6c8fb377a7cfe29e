// Bodies of services.hpp.
#include "property/services.hpp"

#include "support/async_test.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/error.hpp>
#include <fullon_cache/reply.hpp>

#include <boost/asio/post.hpp>

#include <string_view>
#include <utility>

namespace property {

namespace asio = boost::asio;
using fullon_cache::command;

namespace {

constexpr auto patient = std::chrono::seconds(20) * support::patience;

// What was written while Redis hung is done when it goes on, and before anything that comes later: so no write is given up
// before the connection is.
fullon_cache::config settings_for(const support::redis_server& redis, int database)
{
    auto settings = support::redis_config(redis);
    settings.db = database;
    settings.socket_timeout = std::chrono::seconds(10) * support::patience;
    settings.ping_timeout = std::chrono::seconds(10) * support::patience;
    settings.backoff_min = std::chrono::milliseconds(5);
    settings.backoff_max = std::chrono::milliseconds(50);
    return settings;
}

} // namespace

services::services(support::context_thread& thread, const support::redis_server& redis, support::market what,
                   journal& written, std::size_t number, int database)
    : thread_(thread), redis_(thread.executor(), settings_for(redis, database)),
      writer_(redis_, what, number, 0,
              [&written](std::string topic, std::int64_t mark) { written.add(std::move(topic), mark); }),
      tasks_(thread.executor(), [this](std::string_view, std::exception_ptr failure) { failure_ = failure; }),
      changed_(thread.executor())
{}

void services::start()
{
    const auto begin = [this]() -> asio::awaitable<void> {
        redis_.start();
        tasks_.spawn("work", work());
        co_return;
    };
    thread_.run(begin, patient);
    connect();
}

void services::stop()
{
    const auto end = [this]() -> asio::awaitable<void> {
        over_ = true;
        held_ = false;
        jobs_.clear();
        changed_.notify_all();
        co_await tasks_.join();
        co_await redis_.stop();
    };
    thread_.run(end, patient);
    if (failure_)
        std::rethrow_exception(failure_);
}

void services::write(std::uint32_t seed, std::size_t count)
{
    add({.seed = seed, .count = count});
}

void services::write_silently(std::uint32_t seed, std::size_t count)
{
    add({.seed = seed, .count = count, .silent = true});
}

void services::set_clock(support::market_writer::clock how)
{
    asio::post(thread_.executor(), [this, how] { writer_.set_clock(how); });
}

void services::execute(std::vector<command> commands)
{
    add({.commands = std::move(commands)});
}

void services::flood(std::uint32_t seed)
{
    add({.seed = seed, .flood = true});
}

void services::rewrite(std::string key, std::uint32_t number)
{
    add({.seed = number, .key = std::move(key)});
}

void services::add(job one)
{
    asio::post(thread_.executor(), [this, one = std::move(one)]() mutable {
        jobs_.push_back(std::move(one));
        changed_.notify_all();
    });
}

void services::hold()
{
    const auto wait = [this]() -> asio::awaitable<void> {
        held_ = true;
        while (working_)
            co_await changed_.wait();
    };
    thread_.run(wait, patient);
}

void services::release()
{
    asio::post(thread_.executor(), [this] {
        held_ = false;
        changed_.notify_all();
    });
}

void services::connect()
{
    thread_.run([this] { return redis_.ready(patient); }, patient);
}

void services::drain()
{
    const auto wait = [this]() -> asio::awaitable<void> {
        while (!jobs_.empty() || working_)
            co_await changed_.wait();
    };
    thread_.run(wait, patient * 2);
    if (failure_)
        std::rethrow_exception(failure_);
}

asio::awaitable<void> services::work()
{
    while (!over_) {
        if (jobs_.empty()) {
            co_await changed_.wait();
            continue;
        }
        auto one = std::move(jobs_.front());
        jobs_.pop_front();
        working_ = true;
        co_await perform(std::move(one));
        working_ = false;
        changed_.notify_all();
    }
}

asio::awaitable<void> services::perform(job one)
{
    writer_.reseed(one.seed);
    const bool random = one.count != 0;
    for (auto left = random ? one.count : 1; left > 0 && !over_; --left) {
        while (held_) {
            working_ = false;
            changed_.notify_all();
            co_await changed_.wait();
        }
        working_ = true;
        bool lost = false;
        try {
            if (random && one.silent)
                co_await writer_.write_silent_ticker();
            else if (random)
                co_await writer_.write(1);
            else if (one.flood)
                co_await write_big();
            else if (!one.key.empty())
                co_await rewrite_entry(one.key, one.seed);
            else
                for (auto& wanted : one.commands)
                    co_await redis_.execute(wanted);
            ++written_;
        } catch (const fullon_cache::cache_error&) {
            ++failed_;
            lost = true;
        }
        if (lost)
            co_await wait_for_redis();
    }
}

asio::awaitable<void> services::write_big()
{
    constexpr std::size_t rounds = 60;
    constexpr std::size_t big = 128 * 1024;
    for (std::size_t i = 0; i < rounds && !over_; ++i) {
        co_await writer_.write_bot(big);
        co_await writer_.write(2);
    }
}

// Else all that is to be written would fail within a moment.
asio::awaitable<void> services::wait_for_redis()
{
    try {
        co_await redis_.ready(std::chrono::milliseconds(300) * support::patience);
    } catch (const fullon_cache::cache_error&) { // it is away for longer
    }
}

asio::awaitable<void> services::rewrite_entry(std::string key, std::uint32_t number)
{
    auto stored = co_await redis_.execute(command("HGETALL", key));
    const auto words = std::move(stored).as_items();
    if (words.size() < 2)
        co_return;
    const auto at = number % (words.size() / 2) * 2;
    const std::string field = words[at].text;
    const std::string value = words[at + 1].text;
    co_await redis_.execute(command("HSET", key, field, value));
    if (constexpr std::string_view tickers = "tickers:"; key.starts_with(tickers))
        co_await redis_.execute(
            command("PUBLISH", "ticker_updates:" + key.substr(tickers.size()) + ":" + field, value));
}

} // namespace property
