// What a cache_websocket_server is made of: its sources, its sessions, and the two-stage stop. Included by impl files only.
#pragma once

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/detail/cache/local_cache.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>
#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/feed/metrics_source.hpp>
#include <fullon_cache_api/detail/net/descriptors.hpp>
#include <fullon_cache_api/detail/net/listen.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/reply_budget.hpp>
#include <fullon_cache_api/detail/rest/gateway_core.hpp>
#include <fullon_cache_api/detail/rest/rest_settings.hpp>
#include <fullon_cache_api/detail/server/connection_dispatcher.hpp>
#include <fullon_cache_api/detail/server/http_upgrade.hpp>
#include <fullon_cache_api/detail/server/in_process.hpp>
#include <fullon_cache_api/detail/server/listeners.hpp>
#include <fullon_cache_api/detail/session/random_ids.hpp>
#include <fullon_cache_api/detail/session/session.hpp>

#include <fullon_cache/connection.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <exception>
#include <set>
#include <utility>

namespace fullon_cache_api {

namespace asio = boost::asio;
using asio::ip::tcp;

class cache_websocket_server::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor executor, server_config config)
        : executor_(executor), settings_(std::move(config)),
          log_(fullon_log::get_component_logger("fullon.api.cache.server")),
          redis_(executor, settings_.redis), feeds_(std::make_shared<detail::feed_registry>(
                                                 redis_.shared_link(), hub_, settings_.reconcile_interval)),
          metrics_(std::make_shared<detail::metrics_source>(executor, hub_,
                                                            std::make_shared<detail::server_metrics>())),
          kept_(settings_.local_cache
                    ? std::make_shared<detail::local_cache>(redis_.shared_link(), kept_limits())
                    : nullptr),
          replies_(std::make_shared<detail::reply_budget>(settings_.replies_max_bytes)),
          context_(context_without_session()),
          gateway_(std::make_shared<detail::gateway_core>(context_, rest_settings())),
          sessions_changed_(executor), ended_changed_(executor),
          front_(settings_, gateway_, metrics_->metrics(), sessions_changed_,
                 [this](detail::net_stream connection, const detail::received_request& wish,
                        detail::connection_place place) {
                     upgrade(std::move(connection), wish, std::move(place));
                 }),
          local_(executor, context_),
          listeners_(
              executor, settings_, log_, error_log("listener"),
              [this](detail::net_stream connection) {
                  http_tasks_.spawn("http", front_.serve(std::move(connection), listeners_.on_loopback()));
              },
              [this] { return front_.places().any_left(); }),
          http_tasks_(executor, error_log("http")), session_tasks_(executor, error_log("session"))
    {
        hub_.max_body = settings_.max_reply_size;
        metrics_->metrics()->gather = [this](metrics_snapshot& to) { add_metrics(to); };
    }

    ~state() { metrics_->metrics()->gather = nullptr; }

    asio::awaitable<void> start()
    {
        const auto self = shared_from_this();
        listeners_.load_certificate();
        try {
            if (settings_.listen)
                co_await listeners_.open();
            if (stopped_) // meanwhile
                throw boost::system::system_error(asio::error::operation_aborted);
        } catch (...) {
            listeners_.undo();
            throw;
        }
        detail::warn_of_ignored(log_, settings_.ignored_variables);
        limit_connections();
        started_ = true;
        redis_.start();
        listeners_.serve();
    }

    /// What ends is the server, not the caller, who may be cancelled: then it only does not wait for that.
    asio::awaitable<void> stop()
    {
        const auto self = shared_from_this();
        close_doors();
        end_once();
        while (!ended_)
            co_await ended_changed_.wait();
        if (end_failure_)
            std::rethrow_exception(end_failure_);
    }

    /// A connection that the host has accepted, until it has ended here.
    static asio::awaitable<void> handle(std::shared_ptr<state> self, tcp::socket socket,
                                        std::string already_read)
    {
        if (self->stopping_ || !self->started_)
            throw boost::system::system_error(make_error_code(error::closed),
                                              self->stopping_ ? "the server was stopped"
                                                              : "the server was not started");
        const auto sign = std::make_shared<end_of_connection>(self->executor_);
        std::shared_ptr<void> life(sign.get(), [sign](void*) {
            sign->given = true;
            sign->changed.notify_all();
        });
        detail::net_stream connection(detail::moved_to(self->executor_, std::move(socket)));
        boost::system::error_code gone;
        const auto here = connection.socket().local_endpoint(gone);
        const bool local = !gone && detail::is_loopback(here.address());
        // Not in this coroutine, which the host may cancel.
        self->http_tasks_.spawn("http", self->front_.serve(std::move(connection), local,
                                                           std::move(already_read), std::move(life)));
        while (!sign->given)
            co_await sign->changed.wait();
    }

    /// For a host that destroys the server without stop(): ends everything at once, on the executor.
    void abandon()
    {
        if (!started_ && local_.idle()) {
            stopped_ = true;
            return;
        }
        settings_.stop_timeout = std::chrono::milliseconds::zero();
        end_once();
    }

    std::size_t connections() const noexcept { return sessions_.size(); }
    const std::shared_ptr<detail::gateway_core>& gateway() const noexcept { return gateway_; }
    bool redis_up() const noexcept { return redis_.up(); }
    metrics_snapshot metrics() const { return metrics_->metrics()->scrape(); }
    detail::listeners& listeners() noexcept { return listeners_; }
    const detail::listeners& listeners() const noexcept { return listeners_; }
    detail::in_process& local() noexcept { return local_; }

private:
    struct end_of_connection {
        explicit end_of_connection(const asio::any_io_executor& executor) : changed(executor) {}
        fullon_coro::notifier changed;
        bool given = false;
    };

    using error_handler = std::function<void(std::string_view, std::exception_ptr)>;

    void close_doors()
    {
        if (std::exchange(stopping_, true))
            return;
        listeners_.close();
        local_.close();
    }

    void end_once()
    {
        if (std::exchange(stopped_, true))
            return;
        // No task of a group: it owns the state, which owns the groups.
        asio::co_spawn(executor_, end(), [self = shared_from_this()](std::exception_ptr failure) {
            self->end_failure_ = std::move(failure);
            self->ended_ = true;
            self->ended_changed_.notify_all();
        });
    }

    asio::awaitable<void> end()
    {
        close_doors();
        const auto deadline = std::chrono::steady_clock::now() + settings_.stop_timeout;
        for (auto* one : sessions_)
            one->shut_down();
        front_.shut_down();
        bool in_time = true;
        while (in_time && !(sessions_.empty() && front_.connections() == 0))
            in_time = co_await sessions_changed_.wait_until(deadline);
        for (auto* one : sessions_)
            one->cut();
        front_.cut();
        co_await listeners_.join();
        co_await http_tasks_.join();
        co_await session_tasks_.join();
        co_await local_.join();
        co_await feeds_->stop();
        if (kept_)
            co_await kept_->stop();
        co_await metrics_->stop();
        co_await redis_.stop();
    }

    operation_context context_without_session() const
    {
        operation_context made(redis_.shared_link(), feeds_, epoch_, settings_.event_ring, nullptr,
                               metrics_->metrics(), metrics_);
        made.kept = kept_;
        made.replies = replies_;
        made.names = names_;
        made.limits = detail::limits_of(settings_);
        return made;
    }

    detail::local_cache::limits kept_limits() const
    {
        detail::local_cache::limits made;
        if (settings_.reconcile_interval != std::chrono::milliseconds::zero())
            made.longest = settings_.reconcile_interval;
        return made;
    }

    gateway_config rest_settings() const
    {
        gateway_config made;
        made.prefix = settings_.rest_prefix;
        made.max_reply_size = settings_.max_reply_size;
        made.allowed_origins = settings_.allowed_origins;
        made.assets = settings_.assets;
        made.websocket_scheme = !settings_.tls_cert_file.empty() ? "wss" : "ws";
        made.websocket_host = detail::url_host(settings_.host);
        if (settings_.port != 0) // else it is not known before start()
            made.websocket_host.append(":").append(std::to_string(settings_.port));
        return made;
    }

    // Who waits outside must never have the descriptor that Redis needs.
    void limit_connections()
    {
        const auto descriptors = detail::descriptor_limit();
        const auto places = detail::place_counts::for_descriptors(settings_.max_connections, descriptors,
                                                                  detail::open_descriptors());
        front_.places().limit(places);
        if (places.served < settings_.max_connections)
            log_.warning("fewer connections than WEBSOCKET_MAX_CONNECTIONS: descriptors are limited",
                         {{"wanted", settings_.max_connections},
                          {"connections", places.served},
                          {"descriptors", descriptors}});
    }

    error_handler error_log(std::string what) const
    {
        return [log = log_, what = std::move(what)](std::string_view task, std::exception_ptr failure) {
            log.error("task failed",
                      {{"of", what}, {"task", task}, {"error", fullon_log::failure_text(failure)}});
        };
    }

    void upgrade(detail::net_stream connection, const detail::received_request& wish,
                 detail::connection_place place)
    {
        if (stopping_)
            return;
        auto path = *detail::parse_websocket_path(wish.message.target, settings_.rest_prefix);
        auto accepted = detail::accept_websocket(std::move(connection), wish, settings_);
        session_tasks_.spawn("session", serve(std::move(accepted), std::move(path), std::move(place)));
    }

    // Never cancelled, only shut down or cut: it must outlive its own tasks.
    asio::awaitable<void> serve(std::unique_ptr<detail::transport> connection, detail::websocket_path path,
                                detail::connection_place)
    {
        detail::session client(std::move(connection), settings_, context_, std::move(path), executor_,
                               flushes_);
        metrics_->metrics()->connections.add();
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
    void add_metrics(metrics_snapshot& to) const
    {
        to.connections.open = sessions_.size();
        to.connections.http = front_.connections();
        for (const auto* one : sessions_)
            one->add_metrics(to);
        if (kept_) {
            const auto now = kept_->metrics();
            to.local_cache = {now.hits, now.answers, now.bytes};
        }
        to.redis = detail::metrics_of(*redis_.shared_link());
        to.redis.readings = feeds_->readings();
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
    std::shared_ptr<detail::feed_registry> feeds_;
    std::shared_ptr<detail::metrics_source> metrics_;
    std::string epoch_ = detail::random_ids().hex64();
    std::shared_ptr<detail::local_cache> kept_; // null: switched off
    std::shared_ptr<detail::reply_budget> replies_;
    std::shared_ptr<detail::topic_names> names_ = std::make_shared<detail::topic_names>();
    operation_context context_;
    std::shared_ptr<detail::gateway_core> gateway_; // of epoch_ and what stands before it
    std::shared_ptr<detail::flush_queue> flushes_ = std::make_shared<detail::flush_queue>(executor_);
    std::set<detail::session*> sessions_;
    fullon_coro::notifier sessions_changed_;
    fullon_coro::notifier ended_changed_;
    detail::connection_dispatcher front_;
    detail::in_process local_;
    detail::listeners listeners_;
    fullon_coro::task_group http_tasks_;
    fullon_coro::task_group session_tasks_;
    bool started_ = false;
    bool stopping_ = false;
    bool stopped_ = false; // the end has begun
    bool ended_ = false;
    std::exception_ptr end_failure_;
};

} // namespace fullon_cache_api
