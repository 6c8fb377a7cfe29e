// Where every connection of a server begins: whom its HTTP side serves, and who becomes a WebSocket. Included by impl files
// only.
#pragma once

#include <fullon_cache_api/detail/gateway_core.hpp>
#include <fullon_cache_api/detail/rest_answer.hpp>
#include <fullon_cache_api/detail/server_metrics.hpp>
#include <fullon_cache_api/impl/http_session.hpp>
#include <fullon_cache_api/impl/http_upgrade.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_cache/detail/notifier.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// What is served on a port.
enum class port_service : std::uint8_t { websocket, rest, both };

/// Counts a connection against `max_connections` while it lives; also in frames that outlive the server.
class connection_slot {
public:
    explicit connection_slot(std::shared_ptr<std::size_t> of) : count_(std::move(of)) { ++*count_; }
    connection_slot(connection_slot&&) noexcept = default;
    connection_slot& operator=(connection_slot&&) = delete;

    /// `what` is let go of with this.
    void keep(std::shared_ptr<void> what) noexcept { kept_ = std::move(what); }

    ~connection_slot()
    {
        if (count_)
            --*count_;
    }

private:
    std::shared_ptr<std::size_t> count_;
    std::shared_ptr<void> kept_;
};

/// Lives in the server, which outlives what it serves.
class http_front {
public:
    /// Takes over a connection that becomes a WebSocket.
    using upgrade_handler = std::function<void(net_stream, received_request, connection_slot)>;

    /// `changed` is told when a connection has ended here.
    http_front(const server_config& settings, std::shared_ptr<gateway_core> gateway,
               std::shared_ptr<server_metrics> figures, fullon_cache::detail::notifier& changed,
               upgrade_handler upgrade)
        : settings_(settings), gateway_(std::move(gateway)), figures_(std::move(figures)), changed_(changed),
          upgrade_(std::move(upgrade))
    {}

    /// One connection, to its end or to its upgrade. Never cancelled, only shut down or cut. Somebody else may have read the
    /// beginning; `life` is let go of when the connection has ended, also as a WebSocket.
    boost::asio::awaitable<void> serve(net_stream connection, port_service what,
                                       std::string already_read = {}, std::shared_ptr<void> life = nullptr)
    {
        std::optional<connection_slot> slot;
        auto answering = [this, what, &slot](http_request request) {
            return answer(std::move(request), what, &slot);
        };
        http_session http(std::move(connection), answering, settings_, what != port_service::rest);
        http.feed(already_read);
        open_.insert(&http);
        std::exception_ptr thrown;
        try {
            auto running = http.run();
            auto wish = co_await std::move(running);
            if (wish) {
                auto refusal = refusal_of(*wish, http, !slot && full());
                if (refusal) {
                    figures_->refused_connections.add();
                    auto refusing = http.refuse(std::move(*refusal));
                    co_await std::move(refusing);
                } else {
                    if (!slot)
                        slot.emplace(connections_);
                    slot->keep(std::move(life));
                    upgrade_(http.release(), std::move(*wish), std::move(*slot));
                }
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        open_.erase(&http);
        if (http.stalled())
            figures_->slow_consumers_cut.add();
        if (http.refused())
            count_other(*http.refused());
        changed_.notify_all();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    /// No further requests; those that are being answered are answered.
    void shut_down()
    {
        for (auto* one : open_)
            one->shut_down();
    }

    /// Ends every connection at once.
    void cut()
    {
        for (auto* one : open_)
            one->cut();
    }

    std::size_t connections() const noexcept { return open_.size(); }

private:
    // A connection has its slot from its first request on; without one it gets a last answer, which says so. Its health a
    // full server tells all the same.
    boost::asio::awaitable<http_response> answer(http_request request, port_service what,
                                                 std::optional<connection_slot>* slot)
    {
        std::optional<http_response> refusal;
        const bool room = *slot || !full();
        if (what == port_service::websocket)
            refusal = upgrade_required(settings_.tls_cert_file.empty()
                                           ? "this is a WebSocket server: connect with ws://"
                                           : "this is a WebSocket server: connect with wss://");
        else if (!welcome_origin(request.headers, settings_.allowed_origins))
            refusal = problem_answer(403, "Origin: not allowed");
        else if (!room && !request.target.starts_with("/health")) {
            figures_->refused_connections.add();
            refusal = problem_answer(503, "too many connections");
        }
        if (!*slot && room)
            slot->emplace(connections_);
        http_response found;
        if (refusal) {
            found = std::move(*refusal);
            count_other(found.status);
        } else {
            auto answering = gateway_->gateway.handle(std::move(request));
            found = co_await std::move(answering);
        }
        if (!room)
            found.headers.emplace_back("Connection", "close");
        co_return found;
    }

    // Answers that the gateway knows nothing of.
    void count_other(unsigned status)
    {
        figures_->route("other").answered(status, std::chrono::nanoseconds::zero());
    }

    std::optional<http_response> refusal_of(const received_request& wish, const http_session& http,
                                            bool without_slot) const
    {
        if (http.anything_behind())
            return problem_answer(400, "data was sent before the upgrade was answered");
        return refuse_upgrade(wish, settings_, without_slot);
    }

    bool full() const noexcept { return *connections_ >= settings_.max_connections; }

    const server_config& settings_;
    std::shared_ptr<gateway_core> gateway_;
    std::shared_ptr<server_metrics> figures_;
    fullon_cache::detail::notifier& changed_;
    upgrade_handler upgrade_;
    std::set<http_session*> open_;
    std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0); // that have a slot
};

} // namespace fullon_cache_api::detail
