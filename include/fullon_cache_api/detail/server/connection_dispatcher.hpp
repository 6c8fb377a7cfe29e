// Where every connection of a server begins: whom its HTTP side serves, and who becomes a WebSocket. Included by impl files
// only.
#pragma once

#include <fullon_cache_api/detail/http/http_session.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/detail/net/connection_places.hpp>
#include <fullon_cache_api/detail/net/reply_budget.hpp>
#include <fullon_cache_api/detail/rest/gateway_core.hpp>
#include <fullon_cache_api/detail/rest/visitor_settings.hpp>
#include <fullon_cache_api/detail/server/http_upgrade.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_coro/notifier.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// Lives in the server, which outlives what it serves.
class connection_dispatcher {
public:
    /// Takes over a connection that becomes a WebSocket.
    using upgrade_handler = std::function<void(net_stream, received_request, connection_place)>;

    /// `changed` is told when a connection has ended here.
    connection_dispatcher(const server_config& settings, std::shared_ptr<gateway_core> gateway,
                          std::shared_ptr<server_metrics> metrics, fullon_coro::notifier& changed,
                          upgrade_handler upgrade)
        : settings_(settings), gateway_(std::move(gateway)), metrics_(std::move(metrics)), changed_(changed),
          upgrade_(std::move(upgrade)), rules_(rules_of(settings))
    {}

    connection_places& places() noexcept { return places_; }

    /// One connection, which is counted from now on, to its end or to its upgrade. Never cancelled, only shut down or cut.
    /// `local`: only this machine can connect as it has. Somebody else may have read the beginning; `life` is let go of when
    /// the connection has ended, also as a WebSocket.
    boost::asio::awaitable<void> serve(net_stream connection, bool local, std::string already_read = {},
                                       std::shared_ptr<void> life = nullptr)
    {
        const bool room = !places_.full();
        auto place = room ? places_.to_be_served() : places_.to_be_refused();
        place.keep(std::move(life));
        return run({std::move(connection), std::move(already_read), std::move(place), local, room});
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
    static constexpr std::chrono::milliseconds refusal_timeout{2000};

    struct visitor {
        net_stream connection;
        std::string already_read;
        connection_place place;
        bool local;
        bool served; // else it gets a last answer, which says that there are too many
    };

    boost::asio::awaitable<void> run(visitor who)
    {
        auto answering = [this, &who](http_request request, reply_account* account) {
            return answer(std::move(request), &who, account);
        };
        auto replies = budget_of(who.connection.socket());
        http_session http(std::move(who.connection), answering, settings_, std::move(replies));
        if (!who.served)
            http.hurry(std::min(settings_.handshake_timeout, refusal_timeout));
        http.feed(who.already_read);
        open_.insert(&http);
        std::exception_ptr thrown;
        try {
            auto running = http.run();
            auto wish = co_await std::move(running);
            if (wish) {
                make_room(who);
                auto refusal = refusal_of(*wish, http, who);
                if (refusal) {
                    metrics_->refused_connections.add();
                    auto refusing = http.refuse(std::move(*refusal));
                    co_await std::move(refusing);
                } else
                    upgrade_(http.release(), std::move(*wish), std::move(who.place));
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        open_.erase(&http);
        if (http.stalled())
            metrics_->slow_consumers_cut.add();
        if (http.refused())
            count_other(*http.refused());
        changed_.notify_all();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    // One for all connections of an address, while there are any.
    std::shared_ptr<reply_budget> budget_of(boost::asio::ip::tcp::socket& socket)
    {
        boost::system::error_code gone;
        const auto address = socket.remote_endpoint(gone).address();
        if (budgets_.size() > 2 * open_.size() + 64)
            std::erase_if(budgets_, [](const auto& one) { return one.second.expired(); });
        auto& kept = budgets_[address];
        auto budget = kept.lock();
        if (!budget) {
            budget = std::make_shared<reply_budget>(settings_.replies_max_bytes / 2);
            kept = budget;
        }
        return budget;
    }

    // Others may have gone since it was accepted.
    void make_room(visitor& who)
    {
        if (who.served || places_.full())
            return;
        who.place = places_.to_be_served();
        who.served = true;
    }

    // Its health a full server tells all the same.
    boost::asio::awaitable<http_response> answer(http_request request, visitor* who, reply_account* account)
    {
        make_room(*who);
        auto refusal = rules_.refuse(request, who->local);
        if (!refusal && !settings_.rest)
            refusal = upgrade_required(settings_.tls_cert_file.empty()
                                           ? "this is a WebSocket server: connect with ws://"
                                           : "this is a WebSocket server: connect with wss://");
        else if (!refusal && !who->served && !request.target.starts_with("/health")) {
            metrics_->refused_connections.add();
            refusal = problem_answer(503, "too many connections");
        }
        http_response found;
        if (refusal) {
            found = std::move(*refusal);
            count_other(found.status);
        } else {
            auto answering = gateway_->gateway.handle(std::move(request), mount_point(), account);
            found = co_await std::move(answering);
        }
        if (!who->served)
            found.headers.emplace_back("Connection", "close");
        co_return found;
    }

    // Answers that the gateway knows nothing of.
    void count_other(unsigned status)
    {
        metrics_->route("other").answered(status, std::chrono::nanoseconds::zero());
    }

    std::optional<http_response> refusal_of(const received_request& wish, const http_session& http,
                                            const visitor& who) const
    {
        if (auto refusal = rules_.refuse(wish.message, who.local))
            return refusal;
        if (http.anything_behind())
            return problem_answer(400, "data was sent before the upgrade was answered");
        return refuse_upgrade(wish, settings_, !who.served);
    }

    const server_config& settings_;
    std::shared_ptr<gateway_core> gateway_;
    std::shared_ptr<server_metrics> metrics_;
    fullon_coro::notifier& changed_;
    upgrade_handler upgrade_;
    visitor_rules rules_;
    std::set<http_session*> open_;
    connection_places places_;
    std::map<boost::asio::ip::address, std::weak_ptr<reply_budget>> budgets_;
};

} // namespace fullon_cache_api::detail
