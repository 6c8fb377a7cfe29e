// Bodies of wire_surfaces.hpp.
#include "wire_surfaces.hpp"

#include "../operation_table.hpp"
#include "state.hpp"

#include "support/background.hpp"
#include "support/http_peer.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/http/route_table.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace faults {

namespace json = boost::json;
using operation_table::text_in;
using support::http_peer;
using support::request_text;
using support::websocket_peer;

namespace {

struct row {
    question asked;
    std::string params; // of a route: its target
};

const std::vector<row>& websocket_rows()
{
    static const std::vector<row> rows = [] {
        std::vector<row> all;
        for (const auto& one : operation_table::service_queries)
            all.push_back({{one.operation, one.operation, one.needs_redis}, one.params});
        for (const auto& one : operation_table::queries)
            all.push_back({{one.operation, one.operation, true}, one.hit});
        for (const auto& one : operation_table::streams)
            all.push_back({{one.operation, one.operation, one.needs_redis}, one.hit});
        return all;
    }();
    return rows;
}

// The operation that answers a route.
std::string operation_of(std::string_view target)
{
    static const auto routes = fullon_cache_api::detail::rest_routes();
    static const auto table = [] {
        fullon_cache_api::protocol::route_table all;
        for (const auto& one : routes)
            all.add(one.pattern);
        return all;
    }();
    target = target.substr(0, target.find('?'));
    std::vector<std::string> segments;
    while (!target.empty()) {
        target.remove_prefix(1); // '/'
        segments.emplace_back(target.substr(0, target.find('/')));
        target.remove_prefix(segments.back().size());
    }
    const auto found = table.find(segments);
    return found ? std::string(routes[found->route].operation->name) : std::string();
}

const std::vector<row>& rest_rows()
{
    static const std::vector<row> rows = [] {
        std::vector<row> all;
        for (const auto& one : operation_table::routes)
            all.push_back({{one.hit, operation_of(one.hit), one.needs_redis}, "/api/v1/cache" + one.hit});
        return all;
    }();
    return rows;
}

std::vector<question> questions_of(const std::vector<row>& rows)
{
    std::vector<question> all;
    for (const auto& one : rows)
        all.push_back(one.asked);
    return all;
}

class websocket_asker final : public asker {
public:
    explicit websocket_asker(const server_place& at) : peer_(at.executor), port_(at.port) {}
    asio::awaitable<void> open() override { return peer_.open(port_); }
    const std::vector<question>& questions() const override { return questions_; }

    asio::awaitable<std::vector<verdict>> ask_all() override
    {
        const auto& rows = websocket_rows();
        for (std::size_t i = 0; i < rows.size(); ++i)
            co_await peer_.send_text(
                request_text(std::to_string(i), rows[i].asked.operation, rows[i].params));
        std::vector<verdict> verdicts(rows.size());
        std::set<std::size_t> waiting;
        for (std::size_t i = 0; i < rows.size(); ++i)
            waiting.insert(i);
        std::vector<std::string> opened;
        while (!waiting.empty()) {
            const auto message = co_await peer_.read_json();
            if (!message.contains("success"))
                continue;
            const auto number = message.at("request_id").to_number<std::size_t>();
            if (waiting.erase(number) != 1)
                throw std::runtime_error("answered twice: " + rows.at(number).asked.name);
            auto& mine = verdicts[number];
            if (!message.at("success").as_bool()) {
                mine.code = text_in(message, "error_code");
                continue;
            }
            auto result = message.at("result");
            if (rows[number].asked.operation.starts_with("stream_")) {
                opened.push_back(text_in(result.as_object(), "stream_key"));
                result = nullptr; // keys and topics are of this connection's life
            }
            mine.body = stable_text(json::serialize(result));
        }
        for (const auto& key : opened)
            co_await peer_.ask("unsubscribe", R"({"stream_key":")" + key + R"("})");
        co_return verdicts;
    }
    asio::awaitable<void> close() override
    {
        peer_.hang_up();
        co_return;
    }

private:
    websocket_peer peer_;
    std::uint16_t port_;
    std::vector<question> questions_ = questions_of(websocket_rows());
};

// Each route on a connection of its own, kept alive.
class rest_asker final : public asker {
public:
    explicit rest_asker(const server_place& at) : executor_(at.executor), port_(at.port) {}

    asio::awaitable<void> open() override
    {
        for (std::size_t i = 0; i < questions_.size(); ++i) {
            peers_.push_back(std::make_unique<http_peer>(executor_));
            co_await peers_.back()->connect(port_);
        }
    }
    const std::vector<question>& questions() const override { return questions_; }

    asio::awaitable<std::vector<verdict>> ask_all() override
    {
        std::vector<support::background<verdict>> pending;
        for (std::size_t i = 0; i < questions_.size(); ++i)
            pending.emplace_back(executor_, ask(*peers_[i], rest_rows()[i].params));
        std::vector<verdict> verdicts;
        for (const auto& one : pending)
            verdicts.push_back(co_await one.result());
        co_return verdicts;
    }
    asio::awaitable<void> close() override
    {
        peers_.clear();
        co_return;
    }

private:
    static asio::awaitable<verdict> ask(http_peer& peer, std::string target)
    {
        const auto reply = co_await peer.get(std::move(target));
        verdict mine;
        if (reply.status == 200)
            mine.body = stable_text(reply.body);
        else if (reply.status == 0)
            mine.code = "disconnected";
        else
            mine.code = text_in(json::parse(reply.body).as_object(), "error_code");
        co_return mine;
    }

    asio::any_io_executor executor_;
    std::uint16_t port_;
    std::vector<std::unique_ptr<http_peer>> peers_;
    std::vector<question> questions_ = questions_of(rest_rows());
};

class websocket_watcher final : public watcher {
public:
    explicit websocket_watcher(const server_place& at)
        : peer_(at.executor), executor_(at.executor), port_(at.port)
    {
        shown_.shared = true;
    }

    asio::awaitable<void> open() override
    {
        co_await peer_.open(port_);
        const auto& rows = followed_streams();
        for (std::size_t i = 0; i < rows.size(); ++i)
            co_await peer_.send_text(request_text(std::to_string(i), rows[i].operation, rows[i].params));
        reading_.emplace(executor_, read());
        co_await support::eventually("the streams are open", [this] {
            return keys_.size() == followed_streams().size() || !failure_.empty();
        });
        if (!failure_.empty())
            throw std::runtime_error(failure_);
    }
    std::size_t streams() const override { return keys_.size(); }

    std::string lacks(long n) const override
    {
        std::set<std::string> operations;
        for (const auto& one : followed_streams())
            operations.insert(one.operation);
        std::string text;
        for (const auto& one : operations)
            text += shown_.lacks(one, n);
        return text;
    }
    std::string violations() const override { return shown_.violations() + failure_; }
    std::size_t stale_now() const override
    {
        std::size_t count = 0;
        for (const auto& [key, told] : outages_)
            count += told.first > told.second ? 1 : 0;
        return count;
    }
    std::size_t of_redis() const override { return keys_.size() - 1; }
    std::map<std::string, std::pair<int, int>> outages() const override { return outages_; }
    std::size_t received() const override { return shown_.received(); }

    asio::awaitable<void> close() override
    {
        closing_ = true;
        peer_.hang_up();
        if (reading_)
            co_await reading_->result();
        reading_.reset();
    }

private:
    asio::awaitable<void> read()
    {
        try {
            for (;;) {
                // A quiet stream is no failure, but for the peer's own deadline: metrics come all the time.
                const auto message = co_await peer_.read_json();
                take(message);
            }
        } catch (const std::exception& failure) {
            if (!closing_)
                failure_ += std::string("the watcher was left: ") + failure.what() + "; ";
        }
    }

    void take(const json::object& message)
    {
        if (const auto* success = message.if_contains("success")) {
            if (success->as_bool())
                keys_.insert(text_in(message.at("result").as_object(), "stream_key"));
            else
                failure_ += "not subscribed: " + json::serialize(message) + "; ";
            return;
        }
        const auto type = text_in(message, "type");
        const auto key = text_in(message, "stream_key");
        if (type == "stale") {
            auto& told = outages_[key];
            told.first += told.first == told.second ? 1 : 0; // it comes again where the reason changes
        } else if (type == "fresh")
            ++outages_[key].second;
        // Ids of a topic only grow, on one connection; a snapshot tells where it stands.
        if (const auto* id = message.if_contains("update_id"); id && !message.contains("snapshot")) {
            auto& last = ids_[topic_of(message)];
            const auto now = id->to_number<std::uint64_t>();
            if (now <= last)
                failure_ += "id " + std::to_string(now) + " after " + std::to_string(last) + " of " +
                            topic_of(message) + "; ";
            last = now;
        }
        shown_.apply(message);
    }

    static std::string topic_of(const json::object& message)
    {
        std::string topic = text_in(message, "type");
        for (const auto* const part : {"exchange", "symbol", "user_id", "bot_id", "timeframe"})
            topic += ":" + text_in(message, part);
        // Positions share the ids of their account.
        return topic.starts_with("position_update") ? "position_update" : topic;
    }

    websocket_peer peer_;
    asio::any_io_executor executor_;
    std::uint16_t port_;
    view shown_;
    std::set<std::string> keys_;
    std::map<std::string, std::pair<int, int>> outages_;
    std::map<std::string, std::uint64_t> ids_;
    std::string failure_;
    std::optional<support::background<void>> reading_;
    bool closing_ = false;
};

} // namespace

std::unique_ptr<asker> ask_websocket(const server_place& at)
{
    return std::make_unique<websocket_asker>(at);
}

std::unique_ptr<watcher> watch_websocket(const server_place& at)
{
    return std::make_unique<websocket_watcher>(at);
}

std::unique_ptr<asker> ask_rest(const server_place& at)
{
    return std::make_unique<rest_asker>(at);
}

} // namespace faults
