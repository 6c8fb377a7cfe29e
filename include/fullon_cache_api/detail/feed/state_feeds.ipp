// The feeds of states of detail/feeds.hpp: how each is read.
#pragma once

#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/feed/bot_map.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>
#include <fullon_cache_api/detail/feed/state_reader.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/orders_reader.hpp>
#include <fullon_cache/process_reader.hpp>
#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/clock.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/position.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache;
namespace json = boost::json;

namespace {

class positions_reader final : public hash_reader {
public:
    using hash_reader::hash_reader;

private:
    decoded_items decode(const std::string& id, const std::string& text) override
    {
        const auto read = fullon_orm::account_positions_from_json(text, id);
        if (!read)
            return read.error();
        items result;
        for (const auto& one : read->positions) {
            account_position made;
            static_cast<position&>(made) = to_position(one);
            made.user_id = id;
            result.readable.emplace(one.symbol, make_value<operations::stream_positions>(
                                                    std::move(made), id.size() + text.size()));
        }
        result.unreadable = read->unreadable;
        return result;
    }
};

class bots_reader final : public hash_reader {
public:
    using hash_reader::hash_reader;

private:
    decoded_items decode(const std::string& id, const std::string& text) override
    {
        const auto read = fullon_orm::bot_status_from_json(text, id);
        if (!read)
            return read.error();
        items result;
        result.readable.emplace(
            "", make_value<operations::stream_bot_status>(to_bot(*read), id.size() + text.size()));
        return result;
    }
};

/// All of the hash as one state.
class bot_map_reader final : public state_reader {
public:
    explicit bot_map_reader(shared_link redis) : redis_(std::move(redis)) {}

    asio::awaitable<state_page> read(std::vector<std::string>, bool) override
    {
        auto bots = co_await read_bot_map(redis_);
        state_page page;
        page.covered.insert("");
        constexpr auto unknown = std::numeric_limits<std::uint32_t>::max(); // bytes that they were made from
        page.topics[""].emplace(
            "", topic_value(std::make_shared<const json::object>(std::move(bots)), kind, unknown));
        co_return page;
    }

private:
    static constexpr value_kind kind{
        .body = [](const void* value) -> std::string {
            std::string body = R"({"type":"bot_update","bots":)";
            fullon_orm::write_json(body, *static_cast<const json::object*>(value),
                                   fullon_orm::json_style::wire);
            return body;
        },
        .same = [](const void* one, const void* other) -> bool {
            return *static_cast<const json::object*>(one) == *static_cast<const json::object*>(other);
        },
        .describe = [](const void*, stream_message&) {}, // no stream of the same process has it
    };

    shared_link redis_;
};

class queue_reader final : public state_reader {
public:
    queue_reader(const shared_link& redis, std::string exchange)
        : orders_(redis), exchange_(std::move(exchange))
    {}

    asio::awaitable<state_page> read(std::vector<std::string>, bool) override
    {
        const auto count = co_await orders_.get_queue_length(exchange_);
        fullon_cache_api::queue_length length;
        length.exchange = exchange_;
        length.queue_length = count;
        length.timestamp = fullon_orm::now_seconds();
        state_page page;
        page.covered.insert(exchange_);
        page.topics[exchange_].emplace(
            "", make_value<operations::stream_order_queue>(std::move(length), exchange_.size()));
        co_return page;
    }

private:
    fullon_cache::orders_reader orders_;
    std::string exchange_;
};

class process_health_reader final : public state_reader {
public:
    explicit process_health_reader(const shared_link& redis) : processes_(redis) {}

    asio::awaitable<state_page> read(std::vector<std::string>, bool) override
    {
        auto counted = co_await processes_.list_counted_processes();
        known_ = std::move(counted.entries);
        co_return at(fullon_orm::now_seconds());
    }

    // The next moment at which a process is no longer active, counted, or alive, or at which one of its times is no longer
    // ahead of now.
    std::optional<double> next_change() const override
    {
        constexpr double just_after = 0.001;
        std::optional<double> next;
        const auto consider = [&](std::optional<double> since, std::chrono::seconds limit) {
            if (!since)
                return;
            const double moment = *since + static_cast<double>(limit.count()) + just_after;
            if (moment > last_at_ && (!next || moment < *next))
                next = moment;
        };
        for (const auto& one : known_) {
            consider(one.updated_at, fullon_cache::active_for);
            consider(one.updated_at, fullon_cache::counted_for);
            consider(one.updated_at, -fullon_cache::most_ahead);
            consider(one.heartbeat, fullon_cache::stale_after);
            consider(one.heartbeat, -fullon_cache::most_ahead);
        }
        return next;
    }

    state_page at(double now) override
    {
        last_at_ = now;
        process_health health;
        static_cast<system_health&>(health) = fullon_cache::health_of(known_, now);
        for (const auto& one : known_)
            health.active_processes += fullon_cache::is_active(one, now) ? 1 : 0;
        state_page page;
        page.covered.insert("");
        page.topics[""].emplace("", make_value<operations::stream_process_health>(health));
        return page;
    }

private:
    fullon_cache::process_reader processes_;
    std::vector<fullon_orm::process_info> known_;
    double last_at_ = 0;
};

} // namespace

asio::awaitable<boost::json::object> read_bot_map(shared_link redis)
{
    const fullon_cache::bot_reader bots(redis);
    const auto stored = co_await bots.get_bot_texts();
    boost::json::object map;
    for (const auto& [id, text] : stored) {
        auto parsed = fullon_orm::parse_value(text);
        if (parsed)
            map[id] = std::move(*parsed);
        else
            map[id] = {{"error", "Invalid JSON"}};
    }
    co_return map;
}

feed_spec positions_feed(shared_link redis)
{
    feed_spec feed;
    feed.key = feed.tracked = cache::positions_hash;
    feed.follow = [redis](hub& updates) {
        return std::make_unique<state_feed>(updates, protocol::positions_topic, redis,
                                            std::make_unique<positions_reader>(redis, cache::positions_hash));
    };
    return feed;
}

feed_spec queue_feed(shared_link redis, std::string exchange)
{
    feed_spec feed;
    feed.key = cache::orders_hash(exchange);
    feed.tracked = cache::orders_hash_prefix;
    feed.follow = [redis, exchange](hub& updates) {
        return std::make_unique<state_feed>(updates, protocol::queue_topic, redis,
                                            std::make_unique<queue_reader>(redis, exchange));
    };
    return feed;
}

feed_spec bots_feed(shared_link redis)
{
    feed_spec feed;
    feed.key = feed.tracked = cache::bots_hash;
    feed.follow = [redis](hub& updates) {
        return std::make_unique<state_feed>(updates, protocol::bot_topic, redis,
                                            std::make_unique<bots_reader>(redis, cache::bots_hash));
    };
    return feed;
}

feed_spec bot_map_feed(shared_link redis)
{
    feed_spec feed;
    feed.key = feed.tracked = cache::bots_hash;
    feed.view = "as a map";
    feed.follow = [redis](hub& updates) {
        return std::make_unique<state_feed>(
            updates, [](std::string_view) { return std::string(protocol::bot_map_topic); }, redis,
            std::make_unique<bot_map_reader>(redis));
    };
    return feed;
}

feed_spec process_feed(shared_link redis)
{
    feed_spec feed;
    feed.key = feed.tracked = "process:";
    feed.is_prefix = true;
    feed.follow = [redis](hub& updates) {
        return std::make_unique<state_feed>(
            updates, [](std::string_view) { return std::string(protocol::process_topic); }, redis,
            std::make_unique<process_health_reader>(redis));
    };
    return feed;
}

} // namespace fullon_cache_api::detail
