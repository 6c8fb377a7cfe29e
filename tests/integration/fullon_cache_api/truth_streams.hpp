// A stream of each kind, with the key that it follows: what befalls one befalls all.
#pragma once

#include "integration/fullon_cache_api/truth_fixture.hpp"

#include <string>
#include <vector>

namespace truth_tests {

struct followed_key {
    std::string operation;
    std::string params;
    std::string key;
    std::vector<std::string> write; ///< something new each time: `{n}` is a number, {now} the time
    std::string type; ///< of its messages
    std::string shows; ///< what such a message says of it, `{n}` as above
};

inline const std::vector<followed_key> followed_keys{
    {"stream_tickers",
     R"({"exchange":"x","symbols":["A/B"]})",
     "tickers:x",
     {"HSET", "tickers:x", "A/B", R"({"symbol":"A/B","exchange":"x","price":{n}.5,"volume":1.0,"time":1.0})"},
     "ticker_update",
     R"("price":{n}.5)"},
    {"stream_tickers",
     R"({"exchange":"y"})",
     "tickers:y",
     {"HSET", "tickers:y", "A/B",
      R"({"symbol":"A/B","exchange":"y","price":{n}.25,"volume":1.0,"time":1.0})"},
     "ticker_update",
     R"("price":{n}.25)"},
    {"stream_positions",
     R"({"user_id":1})",
     "account_positions",
     {"HSET", "account_positions", "1",
      R"({"A/B":{"symbol":"A/B","volume":{n}.5,"price":1.0},"timestamp":1.0})"},
     "position_update",
     R"("size":{n}.5)"},
    {"stream_order_queue",
     R"({"exchange":"x"})",
     "order_status:x",
     {"HSET", "order_status:x", "o{n}", R"({"order_id":"o{n}","symbol":"A/B","status":"open"})"},
     "queue_update",
     R"("queue_length")"},
    {"stream_bot_status",
     "{}",
     "bot_status",
     {"HSET", "bot_status", "b", R"({"feed":{"status":"s{n}"}})"},
     "bot_update",
     R"("s{n}")"},
    {"stream_process_health",
     "{}",
     "process:active:bot",
     {"EVAL",
      "redis.call('set', 'process:data:bot_p{n}', ARGV[1]); return redis.call('hset', "
      "'process:active:bot', 'bot_p{n}', ARGV[2])",
      "0",
      R"({"process_id":"bot_p{n}","process_type":"bot","component":"c","params":{},"message":"","status":"s{n}","created_at":{now},"updated_at":{now},"heartbeat":{now}})",
      R"({"process_id":"bot_p{n}","component":"c","status":"s{n}","updated_at":{now}})"},
     "process_health_update",
     R"("s{n}")"},
    {"stream_trade_updates",
     R"({"exchange":"x","symbol":"A/B"})",
     "trades:x:AB",
     {"RPUSH", "trades:x:AB",
      R"({"trade_id":{n},"symbol":"A/B","side":"buy","price":1.0,"volume":1.0,"time":1.0})"},
     "trade_update",
     R"("trade_id":{n},)"},
    {"stream_ohlcv",
     R"({"symbol":"A/B","timeframe":"1m"})",
     "ohlcv:AB:1m",
     {"RPUSH", "ohlcv:AB:1m", "[{n},1.0,1.0,1.0,1.0,1.0]"},
     "ohlcv_update",
     R"("bar":[{n}.0,)"},
};

inline std::string numbered(std::string text, int number)
{
    const auto replace = [&](const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
    };
    replace("{n}", std::to_string(number));
    replace("{now}", std::to_string(seconds_now()));
    return text;
}

/// Writes something new to it: numbers of a key must grow.
inline void write_to(support::redis_cli& cli, const followed_key& which, int number)
{
    std::vector<std::string> words;
    for (const auto& one : which.write)
        words.push_back(numbered(one, number));
    cli(words);
}

/// Whether it was told since then.
inline bool is_told(const support::follower& who, const followed_key& which, int number, std::size_t from)
{
    const auto wanted = numbered(which.shows, number);
    for (const auto* one : who.of_type(which.type, from))
        if (one->text.find(wanted) != std::string::npos)
            return true;
    return false;
}

/// Each written to, and told within the time.
inline boost::asio::awaitable<void> all_are_told(support::follower* who, support::redis_cli* cli, int number,
                                                 std::chrono::milliseconds time = std::chrono::seconds(1))
{
    const auto from = who->messages().size();
    for (const auto& one : followed_keys)
        write_to(*cli, one, number);
    for (const auto& one : followed_keys) {
        const auto told = [&] {
            who->check();
            return is_told(*who, one, number, from);
        };
        co_await support::eventually("a write is told: " + one.operation + " " + one.params, told, time);
    }
}

/// Every stream, the keys in the order of followed_keys.
inline boost::asio::awaitable<std::vector<std::string>> subscribe_all(support::follower* who)
{
    std::vector<std::string> keys;
    for (const auto& one : followed_keys) {
        auto key = co_await who->subscribe(one.operation, one.params);
        keys.push_back(std::move(key));
    }
    co_return keys;
}

} // namespace truth_tests
