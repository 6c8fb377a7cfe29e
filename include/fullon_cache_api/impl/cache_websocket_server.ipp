// Bodies of cache_websocket_server.hpp: listeners, sessions and the two-stage stop.
#pragma once

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/detail/gateway_core.hpp>
#include <fullon_cache_api/detail/group_source.hpp>
#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/metrics_source.hpp>
#include <fullon_cache_api/detail/prometheus_text.hpp>
#include <fullon_cache_api/detail/random_ids.hpp>
#include <fullon_cache_api/detail/session.hpp>
#include <fullon_cache_api/detail/ticker_source.hpp>
#include <fullon_cache_api/impl/http_session.hpp>
#include <fullon_cache_api/impl/http_upgrade.hpp>
#include <fullon_cache_api/impl/listen.hpp>

#include <fullon_cache/connection.hpp>
#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/link.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <exception>
#include <set>
#include <utility>

namespace fullon_cache_api {

namespace asio = boost::asio;
using asio::ip::tcp;

class cache_websocket_server::state : public std::enable_shared_from_this<state> {
    /// What is served on a port.
    enum class service : std::uint8_t { websocket, rest, both };

    struct listener {
        tcp::acceptor acceptor;
        service what;
    };

    /// Counts a connection against `max_connections` while it lives; also in frames that outlive the server.
    class connection_slot {
    public:
        explicit connection_slot(std::shared_ptr<std::size_t> of) : count_(std::move(of)) { ++*count_; }
        connection_slot(connection_slot&&) noexcept = default;
        connection_slot& operator=(connection_slot&&) = delete;
        ~connection_slot()
        {
            if (count_)
                --*count_;
        }

    private:
        std::shared_ptr<std::size_t> count_;
    };

public:
    state(asio::any_io_executor executor, server_config config)
        : executor_(executor), settings_(std::move(config)),
          log_(fullon_log::get_component_logger("fullon.api.cache.server")),
          redis_(executor, settings_.redis),
          tickers_(std::make_shared<detail::ticker_source>(redis_.shared_link(), hub_)),
          groups_(std::make_shared<detail::group_source>(redis_.shared_link(), hub_)),
          metrics_(std::make_shared<detail::metrics_source>(executor, hub_,
                                                            std::make_shared<detail::server_metrics>())),
          gateway_(std::make_shared<detail::gateway_core>(
              operation_context(redis_.shared_link(), tickers_, groups_, epoch_, settings_.event_ring,
                                nullptr, metrics_->figures()),
              rest_settings())),
          sessions_changed_(executor), listeners_(executor, error_log("listener")),
          http_tasks_(executor, error_log("http")), handshakes_(executor, error_log("handshake")),
          session_tasks_(executor, error_log("session"))
    {
        metrics_->figures()->gather = [this](metrics_snapshot& to) { add_figures(to); };
    }

    ~state() { metrics_->figures()->gather = nullptr; }

    asio::awaitable<void> start()
    {
        const auto self = shared_from_this();
        const bool apart = settings_.rest && settings_.api_port;
        try {
            co_await listen(settings_.host, settings_.port,
                            settings_.rest && !apart ? service::both : service::websocket);
            port_ = acceptors_.back().acceptor.local_endpoint().port();
            api_port_ = settings_.rest ? port_ : 0;
            if (apart) {
                co_await listen(settings_.api_host, *settings_.api_port, service::rest);
                api_port_ = acceptors_.back().acceptor.local_endpoint().port();
            }
            if (stopped_) // meanwhile
                throw boost::system::system_error(asio::error::operation_aborted);
        } catch (...) {
            port_ = api_port_ = 0;
            acceptors_.clear();
            throw;
        }
        redis_.start();
        for (auto& one : acceptors_) {
            const auto where = one.acceptor.local_endpoint();
            log_.info("listening", {{"address", where.address().to_string()}, {"port", where.port()}});
            listeners_.spawn("accept", accept_loop(&one));
        }
    }

    asio::awaitable<void> stop()
    {
        const auto self = shared_from_this();
        begin_stop();
        const auto deadline = std::chrono::steady_clock::now() + settings_.stop_timeout;
        for (auto* one : sessions_)
            one->shut_down();
        for (auto* one : https_)
            one->shut_down();
        bool in_time = true;
        while (in_time && !(sessions_.empty() && https_.empty()))
            in_time = co_await sessions_changed_.wait_until(deadline);
        for (auto* one : sessions_)
            one->cut();
        for (auto* one : https_)
            one->cut();
        co_await listeners_.join();
        co_await http_tasks_.join();
        co_await handshakes_.join();
        co_await session_tasks_.join();
        co_await tickers_->stop();
        co_await groups_->stop();
        co_await metrics_->stop();
        co_await redis_.stop();
    }

    /// For a host that destroys the server without stop(): ends everything at once, on the executor.
    void abandon()
    {
        if (std::exchange(stopped_, true) || acceptors_.empty())
            return;
        settings_.stop_timeout = std::chrono::milliseconds::zero();
        asio::co_spawn(executor_, stop(), [self = shared_from_this()](std::exception_ptr) {});
    }

    void begin_stop()
    {
        stopped_ = stopping_ = true;
        boost::system::error_code ignored;
        for (auto& one : acceptors_)
            one.acceptor.close(ignored);
        listeners_.cancel();
        handshakes_.cancel();
    }

    std::size_t connections() const noexcept { return sessions_.size(); }
    const std::shared_ptr<detail::gateway_core>& gateway() const noexcept { return gateway_; }
    bool redis_up() const noexcept { return redis_.up(); }
    metrics_snapshot metrics() const { return metrics_->figures()->scrape(); }
    const asio::any_io_executor& executor() const noexcept { return executor_; }

    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t api_port() const noexcept { return api_port_; }

    std::vector<std::string> endpoints() const
    {
        std::vector<std::string> result;
        for (const auto& one : acceptors_) {
            const auto where = one.acceptor.local_endpoint();
            const auto address = where.address().to_string();
            result.push_back((where.address().is_v6() ? "[" + address + "]" : address) + ":" +
                             std::to_string(where.port()));
        }
        return result;
    }

private:
    using error_handler = std::function<void(std::string_view, std::exception_ptr)>;

    gateway_config rest_settings() const
    {
        gateway_config made;
        made.prefix = settings_.rest_prefix;
        made.max_reply_size = settings_.max_reply_size;
        made.allowed_origins = settings_.allowed_origins;
        made.assets = settings_.assets;
        made.websocket_host = settings_.host;
        if (settings_.port != 0) // else it is not known before start()
            made.websocket_host.append(":").append(std::to_string(settings_.port));
        return made;
    }

    error_handler error_log(std::string what) const
    {
        return [log = log_, what = std::move(what)](std::string_view task, std::exception_ptr failure) {
            log.error("task failed",
                      {{"of", what}, {"task", task}, {"error", fullon_cache::detail::failure_text(failure)}});
        };
    }

    asio::awaitable<void> listen(std::string host, std::uint16_t port, service what)
    {
        auto listening = detail::listen_on(executor_, std::move(host), port);
        auto bound = co_await std::move(listening);
        for (auto& acceptor : bound)
            acceptors_.push_back({std::move(acceptor), what});
    }

    asio::awaitable<void> accept_loop(listener* where)
    {
        asio::steady_timer pause(executor_);
        while (!stopping_) {
            auto [ec, socket] = co_await where->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
            if (stopping_)
                co_return;
            if (!ec) {
                http_tasks_.spawn("http", greet(std::move(socket), where->what));
                continue;
            }
            // Out of descriptors, most likely: others must end before there can be more.
            log_.warning("accept failed", {{"error", ec.message()}});
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    // Never cancelled, only shut down or cut.
    asio::awaitable<void> greet(tcp::socket socket, service what)
    {
        std::optional<connection_slot> slot;
        auto answering = [this, what, &slot](http_request request) {
            return answer(std::move(request), what, &slot);
        };
        detail::http_session http(std::move(socket), answering, settings_, what != service::rest);
        https_.insert(&http);
        std::exception_ptr thrown;
        try {
            auto running = http.run();
            auto wish = co_await std::move(running);
            if (wish) {
                auto refusal = refuse_upgrade(*wish, http, !slot && full());
                if (refusal) {
                    metrics_->figures()->refused_connections.add();
                    auto refusing = http.refuse(std::move(*refusal));
                    co_await std::move(refusing);
                } else {
                    if (!slot)
                        slot.emplace(connections_);
                    handshakes_.spawn("upgrade", upgrade(http.release(), std::move(*wish), std::move(*slot)));
                }
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        https_.erase(&http);
        if (http.stalled())
            metrics_->figures()->slow_consumers_cut.add();
        if (http.refused())
            count_other(*http.refused());
        sessions_changed_.notify_all();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    // A connection has its slot from its first request on; without one it gets a last answer, which says so. Its health a
    // full server tells all the same.
    asio::awaitable<http_response> answer(http_request request, service what,
                                          std::optional<connection_slot>* slot)
    {
        std::optional<http_response> refusal;
        const bool room = *slot || !full();
        if (what == service::websocket) {
            refusal = detail::problem_answer(426, "this is a WebSocket server: connect with ws://");
            refusal->headers.emplace_back("Upgrade", "websocket");
        } else if (!detail::welcome_origin(request.headers, settings_.allowed_origins))
            refusal = detail::problem_answer(403, "Origin: not allowed");
        else if (!room && !request.target.starts_with("/health")) {
            metrics_->figures()->refused_connections.add();
            refusal = detail::problem_answer(503, "too many connections");
            refusal->headers.emplace_back("Retry-After", "1");
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
        metrics_->figures()->route("other").answered(status, std::chrono::nanoseconds::zero());
    }

    std::optional<http_response> refuse_upgrade(const detail::received_request& wish,
                                                const detail::http_session& http, bool without_slot) const
    {
        if (http.anything_behind())
            return detail::problem_answer(400, "data was sent before the upgrade was answered");
        return detail::refuse_upgrade(wish, settings_, without_slot);
    }

    bool full() const noexcept { return *connections_ >= settings_.max_connections; }

    asio::awaitable<void> upgrade(tcp::socket socket, detail::received_request wish, connection_slot slot)
    {
        auto accepting = detail::accept_websocket(std::move(socket), std::move(wish), settings_);
        auto connection = co_await std::move(accepting);
        if (connection && !stopping_)
            session_tasks_.spawn("session", serve(std::move(connection), std::move(slot)));
    }

    // Never cancelled, only shut down or cut: it must outlive its own tasks.
    asio::awaitable<void> serve(std::unique_ptr<detail::transport> connection, connection_slot)
    {
        detail::session client(std::move(connection), settings_, redis_.shared_link(), tickers_, groups_,
                               metrics_, epoch_, executor_);
        metrics_->figures()->connections.add();
        sessions_.insert(&client);
        std::exception_ptr thrown;
        try {
            co_await client.run();
        } catch (...) {
            thrown = std::current_exception();
        }
        sessions_.erase(&client);
        sessions_changed_.notify_all();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    // What is known elsewhere than in the counters.
    void add_figures(metrics_snapshot& to) const
    {
        to.connections.open = sessions_.size();
        to.connections.http = https_.size();
        for (const auto* one : sessions_)
            one->add_figures(to);
        to.redis = detail::figures_of(*redis_.shared_link());
        to.redis.readings = tickers_->verifications() + groups_->readings();
        to.topics.followed = hub_.topics();
        to.topics.updates = hub_.stats().published;
        to.topics.suppressed = hub_.stats().suppressed;
        to.topics.deliveries = hub_.stats().deliveries;
    }

    asio::any_io_executor executor_;
    server_config settings_;
    fullon_log::logger log_;
    fullon_cache::connection redis_;
    detail::hub hub_;
    std::shared_ptr<detail::ticker_source> tickers_;
    std::shared_ptr<detail::group_source> groups_;
    std::shared_ptr<detail::metrics_source> metrics_;
    std::string epoch_ = detail::random_ids().hex64();
    std::shared_ptr<detail::gateway_core> gateway_; // of epoch_ and what stands before it
    std::vector<listener> acceptors_;
    std::set<detail::session*> sessions_;
    std::set<detail::http_session*> https_;
    fullon_cache::detail::notifier sessions_changed_;
    fullon_cache::detail::task_group listeners_;
    fullon_cache::detail::task_group http_tasks_;
    fullon_cache::detail::task_group handshakes_;
    fullon_cache::detail::task_group session_tasks_;
    std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0); // that have a slot
    std::uint16_t port_ = 0;
    std::uint16_t api_port_ = 0;
    bool stopping_ = false;
    bool stopped_ = false;
};

cache_websocket_server::cache_websocket_server(asio::any_io_executor executor, server_config config)
    : state_(std::make_shared<state>(std::move(executor), std::move(config)))
{}

cache_websocket_server::cache_websocket_server(cache_websocket_server&&) noexcept = default;

cache_websocket_server::~cache_websocket_server()
{
    if (state_)
        state_->abandon();
}

asio::awaitable<void> cache_websocket_server::start()
{
    return state_->start();
}

asio::awaitable<void> cache_websocket_server::stop()
{
    return state_->stop();
}

std::uint16_t cache_websocket_server::port() const noexcept
{
    return state_->port();
}

std::uint16_t cache_websocket_server::api_port() const noexcept
{
    return state_->api_port();
}

const std::shared_ptr<detail::gateway_core>& cache_websocket_server::gateway_core() const noexcept
{
    return state_->gateway();
}

std::vector<std::string> cache_websocket_server::endpoints() const
{
    return state_->endpoints();
}

std::size_t cache_websocket_server::connections() const noexcept
{
    return state_->connections();
}

bool cache_websocket_server::redis_up() const noexcept
{
    return state_->redis_up();
}

metrics_snapshot cache_websocket_server::metrics() const
{
    return state_->metrics();
}

std::string cache_websocket_server::metrics_text() const
{
    return detail::to_prometheus(state_->metrics());
}

asio::any_io_executor cache_websocket_server::get_executor() const
{
    return state_->executor();
}

} // namespace fullon_cache_api
