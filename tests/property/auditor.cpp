// Bodies of auditor.hpp.
#include "property/auditor.hpp"

#include "support/async_test.hpp"

#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_orm/trade.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace property {

namespace asio = boost::asio;
namespace json = boost::json;
namespace protocol = fullon_cache_api::protocol;

namespace {

constexpr int receive_buffer = 4096; // so that what waits does so in the server

std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::string topic_of(const json::object& update)
{
    const auto type = text_in(update, "type");
    const auto exchange = text_in(update, "exchange");
    const auto symbol = text_in(update, "symbol");
    if (type == "ticker_update")
        return protocol::ticker_topic(exchange, symbol);
    if (type == "position_update")
        return protocol::positions_topic(exchange);
    if (type == "queue_update")
        return protocol::queue_topic(exchange);
    if (type == "bot_update")
        return protocol::bot_topic(text_in(update, "bot_id"));
    if (type == "trade_update")
        return protocol::trades_topic(exchange, support::slashless(symbol));
    if (type == "ohlcv_update")
        return protocol::bars_topic(symbol, text_in(update, "timeframe"));
    return type;
}

} // namespace

auditor::auditor(asio::any_io_executor executor)
    : peer_(executor), tasks_(executor, [this](std::string_view, std::exception_ptr failure) {
          if (!over_)
              failure_ = failure;
      })
{}

asio::awaitable<void> auditor::open(std::uint16_t port, support::market what)
{
    co_await peer_.open(port, "/", receive_buffer);
    tasks_.spawn("read", read());
    std::vector<std::pair<std::string, json::object>> wanted;
    for (std::size_t i = 0; i < what.exchanges; ++i)
        for (const auto* const operation : {"stream_tickers", "stream_order_queue", "stream_trade_updates"})
            wanted.emplace_back(operation, json::object{{"exchange", what.exchange(i)}});
    for (std::size_t i = 0; i < what.accounts; ++i)
        wanted.emplace_back("stream_positions", json::object{{"user_id", what.account(i)}});
    for (std::size_t i = 0; i < what.traded_symbols; ++i)
        wanted.emplace_back("stream_ohlcv",
                            json::object{{"symbol", what.traded_symbol(i)}, {"timeframe", "1m"}});
    wanted.emplace_back("stream_metrics", json::object{{"interval", 0.1}});
    wanted.emplace_back("stream_bot_status", json::object());
    wanted.emplace_back("stream_process_health", json::object());
    for (auto& [operation, params] : wanted) {
        const auto reply = co_await request(operation, json::serialize(params));
        if (!reply.at("success").as_bool())
            throw std::runtime_error("the auditor was refused: " + json::serialize(reply));
    }
    auto complete = [this] {
        check();
        return snapshots_.empty();
    };
    co_await support::eventually("the auditor's snapshots", complete);
    before_ = co_await ask();
}

void auditor::begin(const fullon_cache_api::metrics_snapshot& metrics)
{
    updates_before_ = metrics.topics.updates;
    suppressed_before_ = metrics.topics.suppressed;
    live_before_ = live_;
}

asio::awaitable<void> auditor::read()
{
    for (;;) {
        while (clock::now() < stalled_until_)
            co_await support::pause(std::chrono::milliseconds(5));
        const auto message = co_await peer_.read_json();
        on_message(message);
    }
}

void auditor::on_message(const json::object& message)
{
    if (message.contains("request_id")) {
        // What belongs to an acknowledgement may follow it at once.
        if (const auto* result = message.if_contains("result"))
            if (result->is_object() && result->as_object().contains("epoch")) {
                const auto& acknowledged = result->as_object();
                if (!epoch_.empty() && text_in(acknowledged, "epoch") != epoch_)
                    fail("a server has two epochs", message);
                epoch_ = text_in(acknowledged, "epoch");
                snapshots_.insert(text_in(acknowledged, "stream_key"));
            }
        reply_ = message;
        return;
    }
    const auto type = text_in(message, "type");
    const auto key = text_in(message, "stream_key");
    if (type == "snapshot_end") {
        if (snapshots_.erase(key) == 0)
            fail("a snapshot ends that was none", message);
    } else if (type == "stale" || type == "fresh") {
        on_mark(message, type == "stale");
    } else if (type == "gap")
        gaps_ += message.at("dropped").to_number<std::uint64_t>();
    else
        on_update(message);
}

// Told once for each reason, and taken back once; of the whole stream and of its topics, each for itself.
void auditor::on_mark(const json::object& message, bool stale)
{
    const auto key = text_in(message, "stream_key");
    auto& marked = stale_[key];
    auto& history = mark_history_[key];
    history.append("\n  ").append(json::serialize(message));
    const auto reason = text_in(message, "reason");
    const auto* const topics = message.if_contains("topics");
    std::vector<std::string> names;
    if (topics)
        for (const auto& one : topics->as_array())
            names.emplace_back(one.as_string());
    else
        names.emplace_back(); // the whole
    for (const auto& name : names) {
        const auto found = marked.find(name);
        if (stale && found != marked.end() && found->second == reason)
            fail("is stale twice for one reason, after" + history, message);
        if (!stale && found == marked.end())
            fail("is fresh, and was not stale, after" + history, message);
        if (stale)
            marked.insert_or_assign(name, reason);
        else if (found != marked.end())
            marked.erase(found);
    }
}

void auditor::on_update(const json::object& message)
{
    ++received_;
    const bool snapshot = message.contains("snapshot");
    const auto number = message.at("update_id").to_number<std::uint64_t>();
    auto& last = numbers_[topic_of(message)];
    if (snapshot ? number < last : number <= last)
        fail("numbers do not grow after " + std::to_string(last), message);
    if (snapshot && !snapshots_.contains(text_in(message, "stream_key")))
        fail("an item of a snapshot that is not under way", message);
    last = number;
    live_ += snapshot ? 0 : 1;
}

asio::awaitable<json::object> auditor::request(std::string operation, std::string params)
{
    const auto id = std::to_string(++requests_);
    reply_.reset();
    co_await peer_.send_text(support::request_text(id, operation, params));
    auto answered = [this] {
        check();
        return reply_.has_value();
    };
    co_await support::eventually("an answer to the auditor's " + operation, answered);
    co_return std::move(*reply_);
}

asio::awaitable<auditor::told> auditor::ask()
{
    const auto reply = co_await request("list_streams", {});
    told all;
    for (const auto& one : reply.at("result").at("streams").as_array()) {
        all.delivered += one.at("delivered").to_number<std::uint64_t>();
        all.conflated += one.at("conflated").to_number<std::uint64_t>();
        all.dropped += one.at("dropped").to_number<std::uint64_t>();
    }
    last_ = all;
    co_return all;
}

asio::awaitable<std::string> auditor::ask_health()
{
    const auto reply = co_await request("health_check", {});
    const auto& result = reply.at("result").as_object();
    auto status = text_in(result, "status");
    if (status != "healthy") // and why
        status += " " + json::serialize(result);
    co_return status;
}

std::string auditor::difference(const told& streams, const fullon_cache_api::metrics_snapshot& metrics) const
{
    std::string text;
    const auto compare = [&](const char* what, std::uint64_t one, std::uint64_t other) {
        if (one != other)
            text.append("\n")
                .append(what)
                .append(": ")
                .append(std::to_string(one))
                .append(" and ")
                .append(std::to_string(other));
    };
    compare("what list_streams calls delivered, and what came", streams.delivered, received_);
    compare("what list_streams calls dropped, and what gaps said", streams.dropped, gaps_);
    const auto produced =
        metrics.topics.updates - updates_before_ - (metrics.topics.suppressed - suppressed_before_);
    const auto lost = streams.conflated + streams.dropped - before_.conflated - before_.dropped;
    compare("produced, and delivered + conflated + dropped", produced, live_ - live_before_ + lost);
    return text;
}

void auditor::check() const
{
    if (failure_)
        std::rethrow_exception(failure_);
}

void auditor::fail(const std::string& what, const json::object& message)
{
    throw std::runtime_error("the auditor: " + what + ": " + json::serialize(message).substr(0, 400));
}

asio::awaitable<void> auditor::close()
{
    over_ = true;
    stalled_until_ = {};
    peer_.hang_up();
    co_await tasks_.join();
}

} // namespace property
