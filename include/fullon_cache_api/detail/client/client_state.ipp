// Bodies of client_state.hpp: the life of the connection.
#pragma once

#include <fullon_cache_api/detail/client/client_connection.hpp>
#include <fullon_cache_api/detail/client/client_state.hpp>
#include <fullon_cache_api/detail/client/handshake_headers.hpp>
#include <fullon_cache_api/detail/client/websocket_url.hpp>
#include <fullon_cache_api/detail/net/tls_session.hpp>

#include <fullon_cache/host_resolver.hpp>
#include <fullon_coro/random.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t write_batch = 256 * 1024;
constexpr std::size_t max_waiting_events = 1024;

websocket_target to_target(const std::string& url, const client_config& config)
{
    auto parsed = parse_websocket_url(url);
    websocket_target result;
    result.host = std::move(parsed.host);
    result.port = std::move(parsed.port);
    result.path = std::move(parsed.path);
    result.tls = parsed.tls;
    require_headers(config.headers);
    result.headers = config.headers;
    if (result.tls)
        result.trust = make_client_trust(config.ca_file);
    return result;
}

// What it says beside its code.
std::string detail_of(const boost::system::system_error& failure)
{
    const std::string all = failure.what();
    const auto end = all.rfind(": " + failure.code().what());
    return end == std::string::npos ? std::string() : all.substr(0, end);
}

std::string why_it_ended(const incoming& last)
{
    switch (last.type) {
    case incoming::kind::closed: return "closed by the server with code " + std::to_string(last.close);
    case incoming::kind::binary: return "the server sent a binary message";
    case incoming::kind::message:
    case incoming::kind::too_large: // not discarded here
    case incoming::kind::failed: break;
    }
    return last.error ? last.error.message() : "the connection is gone";
}

} // namespace

client_state::client_state(boost::asio::any_io_executor executor, std::string url, client_config config)
    : executor_(std::move(executor)), config_(std::move(config)), url_(shown_url(url)),
      target_(to_target(url, config_)), log_(fullon_log::get_component_logger("fullon.api.cache.client")),
      tasks_(executor_, log_failures()), state_changed_(executor_), retry_(executor_)
{
    target_.names = std::make_shared<fullon_cache::host_resolver>(executor_);
}

client_state::~client_state() = default;

std::function<void(std::string_view, std::exception_ptr)> client_state::log_failures() const
{
    return [log = log_](std::string_view task, std::exception_ptr failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() != boost::asio::error::operation_aborted)
                log.critical("client task failed",
                             {{"task", task}, {"error", fullon_log::failure_text(error)}});
        } catch (const std::exception& error) {
            log.critical("client task failed", {{"task", task}, {"error", fullon_log::failure_text(error)}});
        }
    };
}

boost::asio::awaitable<void> client_state::open()
{
    const auto self = shared_from_this();
    connection_ptr first;
    try {
        if (config_.connect_mode == connect_mode::wait)
            first = co_await connect_when_up();
        else
            first = co_await connect();
    } catch (const boost::system::system_error& failure) {
        const auto detail = detail_of(failure);
        const boost::system::error_code code(failure.code().value(), failure.code().category());
        throw boost::system::system_error(code,
                                          "connecting to " + url_ + (detail.empty() ? "" : ": " + detail));
    }
    up_ = first; // calls may go out before the reader runs
    tasks_.spawn("connection", run(std::move(first)));
}

boost::asio::awaitable<client_state::connection_ptr> client_state::connect()
{
    transport_limits limits;
    limits.max_message_size = config_.max_message_size;
    limits.silence_timeout = config_.heartbeat; // the transport pings after half of it
    auto opened = co_await connect_websocket(executor_, target_, limits, config_.connect_timeout);
    co_return std::make_shared<connection>(executor_, std::move(opened), log_failures());
}

boost::asio::awaitable<client_state::connection_ptr> client_state::try_connect()
{
    connection_ptr result;
    connecting_ = true;
    try {
        result = co_await connect();
    } catch (const boost::system::system_error& failure) {
        // One line per outage and cause, not one per attempt.
        const auto problem = fullon_log::failure_text(failure);
        const bool news = std::exchange(connect_problem_, problem) != problem;
        if (!closing_)
            log_.log(news ? fullon_log::level::warning : fullon_log::level::debug, "connecting failed",
                     {{"url", url_}, {"error", problem}});
    }
    connecting_ = false;
    co_return result;
}

boost::asio::awaitable<client_state::connection_ptr> client_state::connect_when_up()
{
    fullon_coro::backoff pause(config_.backoff_min, config_.backoff_max, fullon_coro::random_seed());
    for (;;) {
        auto made = co_await try_connect();
        if (made)
            co_return made;
        retry_.expires_after(pause.next());
        co_await retry_.async_wait(boost::asio::use_awaitable);
    }
}

boost::asio::awaitable<void> client_state::run(connection_ptr first)
{
    const auto self = shared_from_this();
    // What ends this is `closing_`: a cancellation only cuts short what is waited for.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    fullon_coro::backoff pause(config_.backoff_min, config_.backoff_max, fullon_coro::random_seed());
    auto current = std::move(first);
    while (!closing_ || current) {
        if (current) {
            co_await serve(current);
            if (clock::now() - current->since > config_.backoff_max)
                pause.reset();
            current.reset();
        } else {
            retry_.expires_after(pause.next());
            co_await retry_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            if (!closing_)
                current = co_await try_connect();
        }
    }
    done_ = true;
    state_changed_.notify_all();
}

boost::asio::awaitable<void> client_state::serve(connection_ptr current)
{
    up_ = current;
    if (closing_)
        cut_short();
    current->tasks.spawn("writer", write_loop(current));
    for (const auto id : book_.established())
        current->tasks.spawn("resubscribe", resubscribe(current, id));
    connect_problem_.clear();
    log_.info("connected", {{"url", url_}});
    announce(client_event::kind::connected);
    announce_marks();
    state_changed_.notify_all();

    std::string why;
    while (why.empty()) {
        const auto message = co_await current->link->read();
        if (message.type == incoming::kind::message)
            receive(*current, message.text);
        why = !current->problem.empty()                 ? current->problem
              : message.type == incoming::kind::message ? std::string()
                                                        : why_it_ended(message);
    }
    on_down(*current, why);
    current->tasks.cancel();
    co_await current->tasks.join();
}

boost::asio::awaitable<void> client_state::write_loop(connection_ptr current)
{
    const auto self = shared_from_this();
    while (!current->over) {
        if (!current->out.empty()) {
            std::vector<frame> batch;
            current->out.take(batch, write_batch);
            const auto failure = co_await current->link->write(std::move(batch), config_.heartbeat);
            if (failure) {
                current->problem = "writing failed: " + failure.message();
                current->link->cut();
                break;
            }
        } else if (current->closing) {
            co_await current->link->close(close_code::normal, {}, config_.close_timeout);
            break;
        } else
            co_await current->wake.wait();
    }
}

void client_state::on_down(connection& gone, const std::string& why)
{
    gone.over = true;
    gone.link->cut();
    gone.wake.notify_all();
    up_.reset();
    for (auto& [id, expected] : std::exchange(expected_, {}))
        if (expected.call) {
            expected.call->broken = true;
            expected.call->timer.cancel();
        }
    book_.disconnect();
    stale_ = false;
    resync_pending_ = true;
    if (!closing_) {
        log_.warning("disconnected", {{"url", url_}, {"reason", why}});
        client_event event(client_event::kind::disconnected);
        event.text = why;
        announce(std::move(event));
    }
    state_changed_.notify_all();
}

boost::asio::awaitable<void> client_state::close()
{
    const auto self = shared_from_this();
    // A caller that is being cancelled closes too: it only does not wait for the handshake.
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    end_everything();
    const auto deadline = clock::now() + config_.close_timeout;
    if (const auto current = up_) {
        current->closing = true;
        current->wake.notify_all();
        try {
            while (!done_ && clock::now() < deadline)
                co_await state_changed_.wait_until(deadline);
        } catch (const boost::system::system_error&) { // cancelled
        }
    }
    cut_short();
    for (bool joined = false;
         !joined;) // what runs has been told to end: whoever is cancelled now waits for that
        try {
            co_await tasks_.join();
            joined = true;
        } catch (const boost::system::system_error&) { // cancelled
        }
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
}

void client_state::abandon()
{
    end_everything();
    cut_short();
}

/// Calls fail, streams and events end; the connection is still there.
void client_state::end_everything()
{
    if (std::exchange(closing_, true))
        return;
    for (auto& [id, expected] : std::exchange(expected_, {}))
        if (expected.call) {
            expected.call->reply = client_reply{{}, make_error_code(error::closed), "the client was closed"};
            expected.call->timer.cancel();
        }
    for (auto& [id, stream] : std::exchange(streams_, {})) {
        book_.remove(id);
        stream.channel->close();
    }
    for (const auto& weak : std::exchange(listeners_, {}))
        if (const auto queue = weak.lock()) {
            queue->over = true;
            queue->changed.notify_all();
        }
    state_changed_.notify_all();
}

/// Ends whatever run() waits for.
void client_state::cut_short()
{
    retry_.cancel();
    if (up_)
        up_->link->cut();
    if (connecting_)
        tasks_.cancel();
}

std::shared_ptr<event_queue> client_state::open_events()
{
    auto result = std::make_shared<event_queue>(executor_);
    result->over = closing_;
    std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
    listeners_.push_back(result);
    return result;
}

void client_state::announce(client_event event)
{
    for (const auto& weak : listeners_)
        if (const auto queue = weak.lock()) {
            if (queue->events.size() >= max_waiting_events)
                queue->events.pop_front();
            queue->events.push_back(event);
            queue->changed.notify_all();
        }
}

/// Events that follow from the state of all streams together.
void client_state::announce_marks()
{
    if (const bool stale = book_.stale(); stale != stale_) {
        stale_ = stale;
        announce(stale ? client_event::kind::stale : client_event::kind::fresh);
    }
    if (resync_pending_ && up_ && book_.settled()) {
        resync_pending_ = false;
        announce(client_event::kind::resynced);
    }
}

} // namespace fullon_cache_api::detail
