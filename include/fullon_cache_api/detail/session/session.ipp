// Bodies of session.hpp: what it reads and writes. What it answers is in session_requests.ipp.
#pragma once

#include <fullon_cache_api/detail/cache/local_cache.hpp>
#include <fullon_cache_api/detail/session/session.hpp>

#include <fullon_log/failure_text.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t write_batch_bytes = 64 * 1024; // what is taken out cannot be conflated any more
constexpr std::size_t snapshot_high_water = 64 * 1024;
constexpr std::size_t conflate_above = 64 * 1024;
constexpr auto close_timeout = std::chrono::seconds(2);
constexpr std::size_t most_in_flight_bytes =
    1024 * 1024; // of requests, which take many times that when they are read

} // namespace

session::session(std::unique_ptr<transport> connection, const server_config& settings,
                 const operation_context& of_server, websocket_path path, asio::any_io_executor executor,
                 std::shared_ptr<flush_queue> flushes)
    : transport_(std::move(connection)), settings_(settings), metrics_(of_server.metrics),
      log_(fullon_log::get_component_logger("fullon.api.cache.server")), flushes_(std::move(flushes)),
      drained_(executor), outbox_(conflate_above, {settings.event_ring, settings.outbox_max_bytes}),
      streams_(
          outbox_, [this] { wake(); }, metrics_),
      of_server_(of_server), path_(std::move(path)),
      tasks_(executor, [log = log_](std::string_view task, std::exception_ptr failure) {
          const auto what = failure_of(failure);
          log.error("session task failed", {{"task", task}, {"error", what.text}});
      })
{}

session::~session()
{
    flushes_->remove(*this);
}

asio::awaitable<void> session::run()
{
    co_await read_loop();
    begin_close(close_code::normal, {});
    while (writing_ || !(writing_over_ || peer_gone_))
        co_await drained_.wait();
    transport_->cut();
    tasks_.cancel();
    co_await tasks_.join();
}

void session::shut_down()
{
    begin_close(close_code::going_away, "server is shutting down");
}

void session::cut() noexcept
{
    peer_gone_ = true;
    transport_->cut();
    drained_.notify_all();
}

void session::add_metrics(metrics_snapshot& to) const
{
    to.requests_in_flight += in_flight_;
    to.delivery.waiting_messages += outbox_.size();
    to.delivery.waiting_bytes += outbox_.bytes();
}

void session::begin_close(close_code code, std::string reason)
{
    if (std::exchange(closing_, true))
        return;
    close_code_ = code;
    close_reason_ = std::move(reason);
    wake();
}

asio::awaitable<void> session::read_loop()
{
    for (;;) {
        while (!peer_gone_ &&
               (in_flight_bytes_ > most_in_flight_bytes ||
                outbox_.bytes() + (compat_ ? compat_->waiting_bytes() : 0) > settings_.outbox_max_bytes))
            co_await drained_.wait();
        auto received = co_await transport_->read();
        switch (received.type) {
        case incoming::kind::message:
            if (received.read_now && of_server_.kept)
                of_server_.kept->look();
            take(std::move(received.text));
            break;
        case incoming::kind::too_large: refuse_too_large(received); break;
        case incoming::kind::binary:
            begin_close(close_code::unsupported_data, "binary messages are not supported");
            co_return;
        case incoming::kind::closed:
        case incoming::kind::failed:
            log_.debug("session ends",
                       {{"close_code", received.close}, {"reason", received.error.message()}});
            peer_gone_ = true;
            co_return;
        }
    }
}

asio::awaitable<void> session::write_loop()
{
    std::exception_ptr thrown;
    try {
        co_await write_queue();
    } catch (...) {
        thrown = std::current_exception();
    }
    // Not by a guard: a frame that dies with its io_context must not touch the session any more.
    writing_ = false;
    writing_over_ = writing_over_ || thrown;
    drained_.notify_all();
    if (thrown)
        std::rethrow_exception(thrown);
}

// There is something to send: at the end of this turn, unless the writer is about to see it.
void session::wake()
{
    if (!writing_)
        flushes_->add(*this);
}

void session::take_batch()
{
    const auto waiting = outbox_.bytes();
    outbox_.take(batch_, write_batch_bytes);
    batch_size_ = batch_.size();
    being_written_ = waiting - outbox_.bytes();
}

void session::end_batch(boost::system::error_code failure)
{
    batch_.clear();
    const auto messages = std::exchange(batch_size_, 0);
    const auto bytes = std::exchange(being_written_, 0);
    drained_.notify_all();
    if (failure == asio::error::timed_out) {
        metrics_->slow_consumers_cut.add();
        log_.warning("slow consumer cut", {{"close_code", 1008}, {"waiting_bytes", outbox_.bytes()}});
    }
    if (failure)
        return cut();
    metrics_->sent_messages.add(messages);
    metrics_->sent_bytes.add(bytes);
}

// What the socket takes at once needs no coroutine; for what it does not, and for the end, there is a writer.
void session::flush() noexcept
{
    if (writing_ || writing_over_ || peer_gone_)
        return;
    try {
        if (!closing_) {
            streams_.produce(snapshot_high_water);
            take_batch();
            const auto done = batch_size_ != 0 ? transport_->write_now(batch_) : boost::system::error_code();
            if (done)
                end_batch(*done);
            if (done && !*done && outbox_.empty() && !streams_.producing())
                return;
        }
        writing_ = true;
        tasks_.spawn("writer", write_loop());
    } catch (const std::exception& failure) { // no memory
        log_.error("session cut", {{"error", fullon_log::failure_text(failure)}});
        cut();
    }
}

asio::awaitable<void> session::write_queue()
{
    while (!peer_gone_) {
        if (batch_size_ == 0) { // else flush() has left it
            if (!closing_)
                streams_.produce(snapshot_high_water);
            if (outbox_.empty() && (!closing_ || in_flight_ != 0))
                co_return; // what comes wakes another
            if (outbox_.empty())
                break;
            take_batch();
        }
        drained_.notify_all();
        const auto failure = co_await transport_->write(std::move(batch_), settings_.slow_consumer_timeout);
        end_batch(failure);
    }
    if (!peer_gone_)
        co_await transport_->close(close_code_, close_reason_, close_timeout);
    writing_over_ = true;
}

} // namespace fullon_cache_api::detail
