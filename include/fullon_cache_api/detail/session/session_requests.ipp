// Bodies of session.hpp: how requests are refused, run and answered.
#pragma once

#include <fullon_cache_api/detail/cache/local_cache.hpp>
#include <fullon_cache_api/detail/session/random_ids.hpp>
#include <fullon_cache_api/detail/session/session.hpp>
#include <fullon_cache_api/detail/wire/plain_request.hpp>

#include <fullon_orm/codec.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

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
    const auto streams = streams_.size() + (compat_ ? compat_->streams() : 0);
    if (kind == operation_kind::stream && streams >= settings_.max_streams)
        return outcome::failed(error::limit_exceeded, "more than " + std::to_string(settings_.max_streams) +
                                                          " streams on this connection");
    return std::nullopt;
}

// What is known here is answered at once, without a task. Large answers have their turn like other large ones: as many
// questions as go into one read must not make more than may wait.
bool session::answer_kept(std::string_view text)
{
    constexpr std::size_t most_recalled = 4 * 1024;
    if (!of_server_.kept || closing_ || in_flight_ >= settings_.max_in_flight)
        return false;
    question_.clear();
    const auto asked = protocol::read_plain_request(text, question_);
    if (!asked)
        return false;
    const auto* entry = find_operation(asked->operation);
    if (!entry || !entry->kept)
        return false;
    if (!ids_in_flight_.empty() && ids_in_flight_.contains(std::string(asked->id)))
        return false;
    const auto* known = of_server_.kept->find(question_);
    if (!known || known->body.size() > std::min(most_recalled, settings_.max_reply_size))
        return false;
    metrics_->recalled(*entry);
    reply(protocol::success_message(asked->id, known->body,
                                    {.duration_ms = 0, .cache_hit = true, .from_redis = false}));
    return true;
}

void session::take(std::string text)
{
    if (closing_ && ++late_requests_ > settings_.max_in_flight)
        return; // or one that goes on asking would put off the end
    if (path_.native && answer_kept(text))
        return;
    const auto size = text.size();
    if (!path_.native) {
        take_compat(protocol::parse_compat_request(text), size);
        return;
    }
    auto asked = protocol::parse_request(text);
    if (asked.failure && asked.operation.empty()) { // where there is no operation, there may be an action
        auto compat = protocol::parse_compat_request(text);
        if (compat.has_action && !compat.has_operation) {
            take_compat(std::move(compat), size);
            return;
        }
    }
    const auto refused = refuse(asked);
    if (refused.failure) {
        metrics_->refused(asked.failure ? nullptr : find_operation(asked.operation), *refused.failure);
        reply(protocol::error_message(asked.id, *refused.failure, refused.text));
        return;
    }
    if (asked.id.empty())
        asked.id = '"' + ids_.uuid() + '"';
    ids_in_flight_.insert(asked.id);
    begin_request(size);
    if (const auto& entry = *find_operation(asked.operation); entry.unbounded && entry.reads_cache)
        queue_large({std::move(asked), std::nullopt, size, steady_clock::now()});
    else
        tasks_.spawn("request", answer_now(std::move(asked), size));
}

// Its connection goes on: it may have streams, and requests under way.
void session::refuse_too_large(const incoming& received)
{
    auto failed = outcome::failed(error::limit_exceeded, "message: " + std::to_string(received.size) +
                                                             " bytes; this server reads at most " +
                                                             std::to_string(settings_.max_message_size));
    const auto asked = protocol::read_beginning(received.text);
    if (!path_.native || (asked.action && !asked.operation)) {
        compat().refuse(asked.id, std::move(failed));
        return;
    }
    metrics_->refused(nullptr, *failed.failure);
    reply(protocol::error_message(asked.id, *failed.failure, failed.text));
}

void session::begin_request(std::size_t size)
{
    ++in_flight_;
    in_flight_bytes_ += size;
}

void session::end_request(std::size_t size)
{
    --in_flight_;
    in_flight_bytes_ -= size;
    if (closing_)
        wake(); // the end may be waiting for the last request
    drained_.notify_all(); // and the reader for room
}

void session::queue_large(large_request what)
{
    large_.push_back(std::move(what));
    if (!std::exchange(large_running_, true))
        tasks_.spawn("large requests", answer_large());
}

// One by one, so that what waits for a client that does not read is one of them more than it may be.
asio::awaitable<void> session::answer_large()
{
    std::optional<error> last;
    while (!large_.empty()) {
        auto next = std::move(large_.front());
        large_.pop_front();
        auto answering = answer_next(&next, last);
        last = co_await std::move(answering);
        end_request(next.size);
    }
    large_running_ = false;
}

asio::awaitable<std::optional<error>> session::answer_next(large_request* next, std::optional<error> last)
{
    auto room = wait_for_room();
    co_await std::move(room);
    const auto now = steady_clock::now();
    const auto patience = of_server_.ticks.timeout();
    // The request before it was not answered in time, and this one has waited as long, or nearly.
    if (last == error::timeout && now - next->since >= patience / 2) {
        give_up(*next, outcome::failed(error::timeout, "Redis did not answer in time"));
        co_return last;
    }
    reply_budget::share held;
    if (of_server_.replies && !peer_gone_) {
        auto acquiring = of_server_.replies->acquire(settings_.max_reply_size, now + patience);
        auto given = co_await std::move(acquiring);
        if (!given) {
            give_up(*next, outcome::failed(error::timeout, "too many replies are in progress"));
            co_return std::nullopt;
        }
        held = std::move(*given);
    }
    if (next->native) {
        auto answering = answer(std::move(*next->native), std::move(held));
        co_return co_await std::move(answering);
    }
    auto running = compat_->run(std::move(*next->compat), std::move(held));
    co_return co_await std::move(running);
}

// Where the server has little left, not before everything was sent.
asio::awaitable<void> session::wait_for_room()
{
    const auto& all = of_server_.replies;
    while (!peer_gone_ &&
           (outbox_.bytes() + being_written_ >= std::max<std::size_t>(settings_.outbox_max_bytes, 1) ||
            (all && all->tight() && outbox_.backlogged())))
        co_await drained_.wait();
}

void session::give_up(const large_request& what, outcome failed)
{
    if (!what.native) {
        compat_->give_up(*what.compat, std::move(failed));
        return;
    }
    ids_in_flight_.erase(what.native->id);
    metrics_->answered(*find_operation(what.native->operation), failed, steady_clock::duration::zero());
    reply(protocol::error_message(what.native->id, *failed.failure, failed.text));
}

operation_context& session::context()
{
    if (!context_) {
        context_ = std::make_unique<operation_context>(of_server_);
        context_->streams = &streams_;
        if (context_->names)
            context_->topics = std::make_shared<connection_topics>(context_->names, settings_.max_topics);
    }
    return *context_;
}

compat_session& session::compat()
{
    if (!compat_) {
        auto path = path_;
        if (path.native) // streams are named after the connection
            path.connection_id = ids_.uuid();
        compat_ = std::make_unique<compat_session>(
            std::move(path), context(), outbox_, [this] { wake(); }, settings_.max_reply_size,
            settings_.max_topics, [this](operation_kind kind) { return refuse_now(kind); },
            [this] { return peer_gone_; }, [this] { return wait_for_room(); });
    }
    return *compat_;
}

void session::take_compat(protocol::compat_request asked, std::size_t size)
{
    auto left = compat().take(std::move(asked));
    if (!left)
        return;
    begin_request(size);
    if (left->operation->entry->unbounded && left->operation->entry->reads_cache)
        queue_large({std::nullopt, std::move(left), size, steady_clock::now()});
    else
        tasks_.spawn("request", answer_compat(std::move(*left), size));
}

asio::awaitable<void> session::answer_compat(compat_session::job asked, std::size_t size)
{
    auto running = compat_->run(std::move(asked), {});
    co_await std::move(running);
    end_request(size);
}

asio::awaitable<void> session::answer_now(protocol::request asked, std::size_t size)
{
    if (find_operation(asked.operation)
            ->unbounded) { // and known here: it is answered as soon as there is room
        auto room = wait_for_room();
        co_await std::move(room);
    }
    auto answering = answer(std::move(asked), {});
    co_await std::move(answering);
    end_request(size);
}

asio::awaitable<std::optional<error>> session::answer(protocol::request asked, reply_budget::share held)
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
            co_await wait_for_room(); // its acknowledgement may be long
            done = acknowledge(opened);
            done.from_redis = entry.reads_cache;
        } else
            done = co_await entry.run(context(), std::move(asked.params));
    } catch (...) {
        thrown = std::current_exception();
    }
    ids_in_flight_.erase(id);
    if (peer_gone_) {
        metrics_->abandoned(entry);
        co_return std::nullopt;
    }
    if (thrown)
        done = failure_of(thrown);
    bound_result(done, entry, settings_.max_reply_size);
    const auto spent = steady_clock::now() - begin;
    metrics_->answered(entry, done, spent);
    if (done.failure) {
        if (opened.which) { // opened, but could not be acknowledged
            opened.source.reset();
            streams_.discard(*opened.which);
        }
        reply(protocol::error_message(id, *done.failure, done.text));
    } else {
        const double milliseconds = std::chrono::duration<double, std::milli>(spent).count();
        reply(protocol::success_message(id, done.result, {milliseconds, done.anything, done.from_redis}),
              std::move(held));
        if (opened.source) // right behind its acknowledgement
            streams_.start(*opened.which, std::move(opened.source));
    }
    co_return done.failure;
}

asio::awaitable<session::opened_stream> session::open_stream(const operation_entry& entry,
                                                             protocol::request asked)
{
    opened_stream opened;
    opened.which = &streams_.add(std::move(asked.operation), asked.params);
    std::exception_ptr thrown;
    try {
        opened.source = co_await entry.open(context(), std::move(asked.params), *opened.which);
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
                   .epoch = of_server_.epoch,
                   .delivery = std::string(opened.source->delivery())};
    for (const auto& where : opened.source->topics())
        ack.topics.push_back(where->name());
    outcome done;
    fullon_orm::write_json(done.result, ack, fullon_orm::json_style::wire);
    return done;
}

void session::reply(std::string message, reply_budget::share held)
{
    outbox_.push(frame_of(std::move(message), std::move(held)));
    wake();
}

} // namespace fullon_cache_api::detail
