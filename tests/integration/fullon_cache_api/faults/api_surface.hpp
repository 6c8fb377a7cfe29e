// The surface of whatever has the methods of a client: the client itself, a server in process.
#pragma once

#include "../operation_table.hpp"
#include "state.hpp"
#include "surface.hpp"

#include "support/async_test.hpp"
#include "support/background.hpp"

#include <fullon_cache_api/client_config.hpp>
#include <fullon_cache_api/client_event.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/types/bar.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/process_health.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

#include <deque>
#include <string_view>
#include <type_traits>
#include <utility>

namespace faults {

inline fullon_cache_api::client_config quick_client()
{
    using namespace std::chrono_literals;
    fullon_cache_api::client_config config;
    config.backoff_min = 1ms;
    config.backoff_max = 50ms;
    config.connect_timeout = 500ms * support::patience;
    config.request_timeout = 1s * support::patience;
    config.heartbeat = 500ms * support::patience;
    return config;
}

inline std::string code_text(const boost::system::error_code& code)
{
    if (code.category() != fullon_cache_api::api_category())
        return code.message();
    const auto value = static_cast<fullon_cache_api::error>(code.value());
    if (value == fullon_cache_api::error::disconnected)
        return "disconnected";
    const auto wire = fullon_cache_api::wire_name(value);
    return wire.empty() ? code.message() : std::string(wire);
}

/// `Host` is made of a server_place; it has open(), close() and `api`: a client, or a reference to a server.
template <class Host>
class api_asker final : public asker {
public:
    explicit api_asker(const server_place& at) : host_(at), executor_(at.executor)
    {
        for (const auto& one : calls_)
            questions_.push_back(
                {one.operation + " #" + std::to_string(questions_.size()), one.operation, one.needs_redis});
    }
    asio::awaitable<void> open() override { return host_.open(); }
    const std::vector<question>& questions() const override { return questions_; }

    asio::awaitable<std::vector<verdict>> ask_all() override
    {
        std::vector<support::background<std::string>> pending;
        for (const auto& one : calls_)
            pending.emplace_back(executor_, one.make(host_.api));
        std::vector<verdict> verdicts;
        for (const auto& one : pending) {
            verdict mine;
            try {
                const auto body = co_await one.result();
                mine.body = stable_text(body);
            } catch (const boost::system::system_error& failure) {
                mine.code = code_text(failure.code());
            }
            verdicts.push_back(std::move(mine));
        }
        co_return verdicts;
    }
    asio::awaitable<void> close() override { return host_.close(); }

private:
    Host host_;
    asio::any_io_executor executor_;
    std::vector<operation_table::api_call> calls_ = operation_table::api_calls();
    std::vector<question> questions_;
};

template <class Host>
class api_watcher final : public watcher {
    using api_type = std::remove_reference_t<decltype(Host::api)>;

    struct followed_stream {
        std::string operation;
        view shown;
        std::function<fullon_cache_api::stream_state()> state;
        bool over = false;
    };

public:
    explicit api_watcher(const server_place& at) : host_(at), executor_(at.executor) {}

    asio::awaitable<void> open() override
    {
        co_await host_.open();
        auto& api = host_.api;
        const std::vector<std::string> symbols{"A", "B", "C"};
        auto named = api.stream_tickers("fault", symbols);
        if constexpr (requires { api.events(); })
            tasks_.emplace_back(executor_, count_events(api.events()));
        co_await add("stream_tickers", "ticker_update", std::move(named));
        co_await add("stream_tickers", "ticker_update", api.stream_tickers("fault"));
        co_await add("stream_positions", "position_update", api.stream_positions("fault"));
        co_await add("stream_order_queue", "queue_update", api.stream_order_queue("fault"));
        co_await add("stream_bot_status", "bot_update", api.stream_bot_status("fault"));
        co_await add("stream_bot_status", "bot_update", api.stream_bot_status());
        co_await add("stream_process_health", "process_health_update", api.stream_process_health());
        co_await add("stream_trade_updates", "trade_update", api.stream_trade_updates("fault", "A/B"));
        co_await add("stream_trade_updates", "trade_update", api.stream_trade_updates("fault"));
        co_await add("stream_ohlcv", "ohlcv_update", api.stream_ohlcv("A/B", "1m"));
        co_await add("stream_metrics", "metrics_update", api.stream_metrics(std::chrono::milliseconds(100)));
    }
    std::size_t streams() const override { return streams_.size(); }

    std::string lacks(long n) const override
    {
        std::string text;
        for (const auto& one : streams_)
            text += one.shown.lacks(one.operation, n);
        return text;
    }
    std::string violations() const override
    {
        std::string text;
        for (const auto& one : streams_) {
            text += one.shown.violations();
            if (one.over && !closing_)
                text += one.operation + " has ended; ";
        }
        return text + failure_;
    }
    std::size_t stale_now() const override
    {
        std::size_t count = 0;
        for (const auto& one : streams_)
            count += one.operation != "stream_metrics" && one.state() == fullon_cache_api::stream_state::stale
                         ? 1
                         : 0;
        return count;
    }
    std::size_t of_redis() const override { return streams_.size() - 1; }
    std::map<std::string, std::pair<int, int>> outages() const override { return outages_; }
    std::size_t received() const override
    {
        std::size_t count = 0;
        for (const auto& one : streams_)
            count += one.shown.received();
        return count;
    }
    asio::awaitable<void> close() override
    {
        closing_ = true;
        co_await host_.close();
        for (auto& one : tasks_) // a server in process goes on, and so would its streams
            one.cancel();
        for (const auto& one : tasks_)
            (void)co_await one.aborted();
        tasks_.clear();
        for (auto& one : streams_) // the last owners of the streams: their end unsubscribes
            one.state = [] { return fullon_cache_api::stream_state::disconnected; };
    }

private:
    template <class X>
    asio::awaitable<void> add(std::string operation, std::string type,
                              asio::awaitable<fullon_cache_api::stream<X>> opening)
    {
        auto opened = std::make_shared<fullon_cache_api::stream<X>>(co_await std::move(opening));
        auto& into = streams_.emplace_back();
        into.operation = std::move(operation);
        into.state = [opened] { return opened->state(); };
        tasks_.emplace_back(executor_, follow(this, opened, &into, std::move(type)));
    }

    template <class X>
    static asio::awaitable<void> follow(api_watcher* self, std::shared_ptr<fullon_cache_api::stream<X>> from,
                                        followed_stream* into, std::string type)
    {
        try {
            for (;;) {
                const auto item = co_await from->next();
                if (!item)
                    break;
                std::string text;
                fullon_orm::write_json(text, static_cast<const X&>(*item), fullon_orm::json_style::wire);
                auto message = boost::json::parse(text).as_object();
                message["type"] = type;
                message["removed"] = item->removed;
                message["snapshot"] = item->snapshot;
                into->shown.apply(message);
            }
        } catch (const std::exception& failure) {
            if (!self->closing_)
                self->failure_ += into->operation + " failed: " + failure.what() + "; ";
        }
        into->over = true;
    }

    template <class Events>
    asio::awaitable<void> count_events(Events events)
    {
        using kind = fullon_cache_api::client_event::kind;
        for (;;) {
            const auto event = co_await events.next();
            if (!event)
                co_return;
            auto& mine = outages_["client"];
            mine.first += event->type == kind::stale ? 1 : 0;
            mine.second += event->type == kind::fresh ? 1 : 0;
        }
    }

    Host host_;
    asio::any_io_executor executor_;
    std::deque<followed_stream> streams_; // their addresses stay
    std::vector<support::background<void>> tasks_;
    std::map<std::string, std::pair<int, int>> outages_;
    std::string failure_;
    bool closing_ = false;
};

template <class Host>
std::unique_ptr<asker> ask_api(const server_place& at)
{
    return std::make_unique<api_asker<Host>>(at);
}
template <class Host>
std::unique_ptr<watcher> watch_api(const server_place& at)
{
    return std::make_unique<api_watcher<Host>>(at);
}

} // namespace faults
