// Bodies of detail/session.hpp.
#pragma once

#include <fullon_cache_api/detail/random_ids.hpp>
#include <fullon_cache_api/detail/session.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/error.hpp>

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

} // namespace

session::session(std::unique_ptr<transport> connection, const server_config& settings,
                 std::shared_ptr<fullon_cache::detail::link> redis, std::shared_ptr<ticker_source> tickers,
                 std::shared_ptr<group_source> groups, std::shared_ptr<metrics_source> metrics,
                 std::string epoch, websocket_path path, asio::any_io_executor executor)
    : transport_(std::move(connection)), settings_(settings), figures_(metrics->figures()),
      log_(fullon_log::get_component_logger("fullon.api.cache.server")), output_(executor),
      drained_(executor), outbox_(conflate_above, {settings.event_ring, settings.outbox_max_bytes}),
      streams_(
          outbox_, [this] { output_.notify_all(); }, figures_),
      context_(redis, std::move(tickers), std::move(groups), std::move(epoch), settings.event_ring, &streams_,
               figures_, std::move(metrics)),
      path_(std::move(path)),
      tasks_(executor, [log = log_](std::string_view task, std::exception_ptr failure) {
          const auto what = failure_of(failure);
          log.error("session task failed", {{"task", task}, {"error", what.text}});
      })
{}

asio::awaitable<void> session::run()
{
    tasks_.spawn("writer", write_loop());
    co_await read_loop();
    begin_close(close_code::normal, {});
    while (!writing_over_)
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
    output_.notify_all();
}

void session::add_figures(metrics_snapshot& to) const
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
    output_.notify_all();
}

asio::awaitable<void> session::read_loop()
{
    for (;;) {
        while (outbox_.bytes() + (deployed_ ? deployed_->waiting_bytes() : 0) > settings_.outbox_max_bytes &&
               !peer_gone_)
            co_await drained_.wait();
        auto received = co_await transport_->read();
        switch (received.type) {
        case incoming::kind::message: take(std::move(received.text)); break;
        case incoming::kind::binary:
            begin_close(close_code::unsupported_data, "binary messages are not supported");
            co_return;
        case incoming::kind::closed:
        case incoming::kind::failed:
            log_.debug("session ends",
                       {{"close_code", received.close}, {"reason", received.error.message()}});
            peer_gone_ = true;
            output_.notify_all();
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
    writing_over_ = true;
    drained_.notify_all();
    if (thrown)
        std::rethrow_exception(thrown);
}

asio::awaitable<void> session::write_queue()
{
    while (!peer_gone_) {
        if (!closing_)
            streams_.produce(snapshot_high_water);
        if (outbox_.empty()) {
            if (closing_ && in_flight_ == 0)
                break;
            co_await output_.wait();
            continue;
        }
        std::vector<frame> batch;
        const auto waiting = outbox_.bytes();
        outbox_.take(batch, write_batch_bytes);
        const auto taken_bytes = waiting - outbox_.bytes();
        const auto taken = batch.size();
        drained_.notify_all();
        const auto failure = co_await transport_->write(std::move(batch), settings_.slow_consumer_timeout);
        if (failure) {
            if (failure == asio::error::timed_out) {
                figures_->slow_consumers_cut.add();
                log_.warning("slow consumer cut", {{"close_code", 1008}, {"waiting_bytes", outbox_.bytes()}});
            }
            cut();
        } else {
            figures_->sent_messages.add(taken);
            figures_->sent_bytes.add(taken_bytes);
        }
    }
    if (!peer_gone_)
        co_await transport_->close(close_code_, close_reason_, close_timeout);
}

// Everything that can be refused without running anything.
outcome session::refuse(const protocol::request& asked) const
{
    if (asked.failure)
        return outcome::failed(*asked.failure, asked.problem);
    const auto* entry = find_operation(asked.operation);
    if (!entry && !closing_)
        return outcome::failed(error::invalid_operation,
                               "operation: unknown: '" + asked.operation.substr(0, 64) + "'");
    if (auto closed = refuse_now(entry ? entry->kind : operation_kind::query))
        return std::move(*closed);
    if (ids_in_flight_.contains(asked.id))
        return outcome::failed(error::invalid_params, "request_id: still in flight");
    return {};
}

// What is refused in either dialect, whatever is asked.
std::optional<outcome> session::refuse_now(operation_kind kind) const
{
    if (closing_)
        return outcome::failed(error::shutting_down, "the server is shutting down");
    if (in_flight_ >= settings_.max_in_flight)
        return outcome::failed(error::rate_limited, "more than " + std::to_string(settings_.max_in_flight) +
                                                        " requests in flight");
    const auto streams = streams_.size() + (deployed_ ? deployed_->streams() : 0);
    if (kind == operation_kind::stream && streams >= settings_.max_streams)
        return outcome::failed(error::limit_exceeded, "more than " + std::to_string(settings_.max_streams) +
                                                          " streams on this connection");
    return std::nullopt;
}

void session::take(std::string text)
{
    if (!path_.native) {
        take_deployed(protocol::parse_deployed_request(text));
        return;
    }
    auto asked = protocol::parse_request(text);
    if (asked.failure && asked.operation.empty()) { // where there is no operation, there may be an action
        auto deployed = protocol::parse_deployed_request(text);
        if (deployed.has_action && !deployed.has_operation) {
            take_deployed(std::move(deployed));
            return;
        }
    }
    const auto refused = refuse(asked);
    if (refused.failure) {
        figures_->refused(asked.failure ? nullptr : find_operation(asked.operation), *refused.failure);
        reply(protocol::error_message(asked.id, *refused.failure, refused.text));
        return;
    }
    if (asked.id.empty())
        asked.id = '"' + ids_.uuid() + '"';
    ids_in_flight_.insert(asked.id);
    ++in_flight_;
    tasks_.spawn("request", answer(std::move(asked)));
}

deployed_session& session::deployed()
{
    if (!deployed_) {
        auto path = path_;
        if (path.native) // streams are named after the connection
            path.connection_id = ids_.uuid();
        deployed_ = std::make_unique<deployed_session>(
            std::move(path), context_, outbox_, [this] { output_.notify_all(); }, settings_.max_reply_size,
            [this](operation_kind kind) { return refuse_now(kind); }, [this] { return peer_gone_; });
    }
    return *deployed_;
}

void session::take_deployed(protocol::deployed_request asked)
{
    auto left = deployed().take(std::move(asked));
    if (!left)
        return;
    ++in_flight_;
    tasks_.spawn("request", answer_deployed(std::move(*left)));
}

asio::awaitable<void> session::answer_deployed(deployed_session::job asked)
{
    auto running = deployed_->run(std::move(asked));
    co_await std::move(running);
    --in_flight_;
    output_.notify_all(); // the writer may be waiting for the last request
}

asio::awaitable<void> session::answer(protocol::request asked)
{
    const auto begin = steady_clock::now();
    const std::string id = asked.id;
    const auto& entry = *find_operation(asked.operation);
    outcome done;
    opened_stream opened;
    std::exception_ptr thrown;
    try {
        if (entry.kind == operation_kind::stream) {
            opened = co_await open_stream(entry, std::move(asked));
            done = acknowledge(opened);
            done.from_redis = entry.reads_cache;
        } else
            done = co_await entry.run(context_, std::move(asked.params));
    } catch (...) {
        thrown = std::current_exception();
    }
    ids_in_flight_.erase(id);
    --in_flight_;
    if (peer_gone_) {
        figures_->abandoned(entry);
        co_return;
    }
    if (thrown)
        done = failure_of(thrown);
    bound_result(done, entry, settings_.max_reply_size);
    const auto spent = steady_clock::now() - begin;
    figures_->answered(entry, done, spent);
    if (done.failure) {
        if (opened.which) { // opened, but could not be acknowledged
            opened.source.reset();
            streams_.discard(*opened.which);
        }
        reply(protocol::error_message(id, *done.failure, done.text));
    } else {
        const double milliseconds = std::chrono::duration<double, std::milli>(spent).count();
        reply(protocol::success_message(id, done.result, {milliseconds, done.anything, done.from_redis}));
        if (opened.source) // right behind its acknowledgement
            streams_.start(*opened.which, std::move(opened.source));
    }
    output_.notify_all(); // the writer may be waiting for the last request
}

asio::awaitable<session::opened_stream> session::open_stream(const operation_entry& entry,
                                                             protocol::request asked)
{
    opened_stream opened;
    opened.which = &streams_.add(std::move(asked.operation), asked.params);
    std::exception_ptr thrown;
    try {
        opened.source = co_await entry.open(context_, std::move(asked.params), *opened.which);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        streams_.discard(*opened.which);
        std::rethrow_exception(thrown);
    }
    co_return opened;
}

outcome session::acknowledge(const opened_stream& opened) const
{
    stream_ack ack{.stream_key = opened.which->key(),
                   .topics = {},
                   .epoch = context_.epoch,
                   .delivery = std::string(opened.source->delivery())};
    for (const auto& where : opened.source->topics())
        ack.topics.push_back(where->name());
    outcome done;
    fullon_orm::write_json(done.result, ack, fullon_orm::json_style::wire);
    return done;
}

void session::reply(std::string message)
{
    outbox_.push(std::make_shared<const std::string>(std::move(message)));
    output_.notify_all();
}

} // namespace fullon_cache_api::detail
