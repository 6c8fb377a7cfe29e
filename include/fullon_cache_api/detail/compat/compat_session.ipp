// Bodies of compat_session.hpp.
#pragma once

#include <fullon_cache_api/detail/compat/compat_session.hpp>

#include <fullon_orm/parse_message.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;

namespace {

// Of a stream of nothing at all.
struct no_topics final : stream_source {
    std::vector<topic_ptr> topics() const override { return {}; }
    stale_reason stale() const override { return stale_reason::none; }
    std::string_view delivery() const override { return "exact"; }
};

// What the native dialect says too is said as there.
protocol::compat_error native_error(const outcome& failed)
{
    return {std::string(wire_name(*failed.failure)), failed.text};
}

// Of these the client cannot know but that Redis, or what is in it, failed.
bool is_cache_failure(error code)
{
    return code == error::cache_unavailable || code == error::timeout || code == error::corrupt_entry;
}

frame plain(std::string text)
{
    return std::make_shared<const std::string>(std::move(text));
}

} // namespace

compat_session::compat_session(websocket_path path, operation_context& context, outbox& out,
                               std::function<void()> wake, std::size_t max_reply_size, std::size_t max_topics,
                               gate may_run, std::function<bool()> gone,
                               std::function<asio::awaitable<void>()> room)
    : path_(std::move(path)), context_(context), out_(out), wake_(std::move(wake)),
      max_reply_size_(max_reply_size), max_topics_(max_topics), may_run_(std::move(may_run)),
      gone_(std::move(gone)), room_(std::move(room)), replies_([this](frame message) {
          out_.push(std::move(message));
          wake_();
      }),
      streams_(out_, wake_, context.metrics)
{}

std::optional<compat_session::job> compat_session::take(protocol::compat_request asked)
{
    const auto ticket = replies_.open();
    const auto refuse = [&](const operation_entry* which, error kind, const protocol::compat_error& why) {
        context_.metrics->refused(which, kind);
        replies_.complete(ticket, plain(protocol::compat_failure(asked.id, why)));
        return std::nullopt;
    };
    if (asked.failure)
        return refuse(nullptr, error_from_wire(asked.failure->code), *asked.failure);
    if (asked.action == "unsubscribe") {
        end_streams(asked, ticket);
        return std::nullopt;
    }
    const auto* what = find_compat(asked.action, path_.group);
    if (!what)
        return refuse(nullptr, error::invalid_operation,
                      {"INVALID_OPERATION", "Operation '" + asked.action + "' not implemented"});
    const auto* entry = what->entry;
    auto read = what->read(asked.params);
    if (read.failure)
        return refuse(entry, error::invalid_params, *read.failure);
    if (const auto closed = may_run_(entry->kind))
        return refuse(entry, *closed->failure, native_error(*closed));
    // Of all streams together: here each has messages of its own for each of its topics.
    if (what->started && streams_.topics() + read.topics > max_topics_)
        return refuse(entry, error::limit_exceeded,
                      {"LIMIT_EXCEEDED", "symbols: more than " + std::to_string(max_topics_) +
                                             " are followed on this connection"});
    return job{what, std::move(asked), std::move(read), ticket};
}

asio::awaitable<std::optional<error>> compat_session::run(job what, reply_budget::share held)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto* entry = what.operation->entry;
    compat_streams::stream* stream = nullptr;
    if (what.operation->started)
        stream = &streams_.add(*what.operation, what.asked.id, key_of(what.asked),
                               what.operation->translator(what.asked.params), what.read.topics);
    outcome done;
    std::unique_ptr<stream_source> source;
    std::exception_ptr thrown;
    try {
        if (stream) {
            auto opening = open(&what, stream);
            source = co_await std::move(opening);
            auto room = room_(); // what there is goes out at once
            co_await std::move(room);
        } else {
            auto asking = what.operation->run(context_, what.read.params);
            done = co_await std::move(asking);
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    if (gone_()) {
        context_.metrics->abandoned(*entry);
        co_return std::nullopt;
    }
    if (thrown)
        done = failure_of(thrown);
    if (stream) {
        done.from_redis = true;
        std::optional<std::string> failure;
        if (done.failure)
            failure = done.text;
        streams_.opened(*stream, std::move(source), std::move(failure));
        context_.metrics->answered(*entry, done, std::chrono::steady_clock::now() - begin);
        // In any case, as by the Python gateway; what cannot go on then ends with a message of its own.
        auto started =
            protocol::compat_started(what.asked.id, what.operation->name,
                                     what.operation->started(what.asked.params), key_of(what.asked));
        replies_.complete(what.ticket, plain(std::move(started)),
                          [this, stream] { streams_.acknowledged(*stream); });
        co_return done.failure;
    }
    try {
        answer(what, done, begin, std::move(held));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) // others wait behind this one
        replies_.complete(what.ticket,
                          plain(protocol::compat_failure(what.asked.id, native_error(failure_of(thrown)))));
    co_return done.failure;
}

void compat_session::give_up(const job& what, outcome failed)
{
    answer(what, failed, std::chrono::steady_clock::now(), {});
}

void compat_session::refuse(std::string_view id, outcome failed)
{
    context_.metrics->refused(nullptr, *failed.failure);
    replies_.complete(replies_.open(),
                      plain(protocol::compat_failure(id.empty() ? "null" : id, native_error(failed))));
}

asio::awaitable<std::unique_ptr<stream_source>> compat_session::open(const job* what,
                                                                     compat_streams::stream* stream)
{
    if (!what->read.cannot_go_on.empty())
        throw boost::system::system_error(error::invalid_params, what->read.cannot_go_on);
    if (what->read.topics == 0)
        co_return std::make_unique<no_topics>();
    auto opening = what->operation->open(context_, what->read.params, *stream);
    co_return co_await std::move(opening);
}

void compat_session::answer(const job& what, outcome& done, std::chrono::steady_clock::time_point begin,
                            reply_budget::share held)
{
    bound_result(done, *what.operation->entry, max_reply_size_);
    auto text = answer_of(what, done);
    context_.metrics->answered(*what.operation->entry, done, std::chrono::steady_clock::now() - begin);
    replies_.complete(what.ticket, frame_of(std::move(text), std::move(held)));
}

std::string compat_session::answer_of(const job& what, outcome& done) const
{
    const auto& id = what.asked.id;
    const auto& params = what.asked.params;
    if (!done.failure) {
        auto found = fullon_orm::parse_message(done.result).value();
        if (const auto result = what.operation->result(params, std::move(found.as_object())))
            return protocol::compat_success(id, what.operation->name, *result);
        done = outcome::failed(error::cache_miss, {});
    }
    if (*done.failure == error::cache_miss && what.operation->miss)
        return protocol::compat_miss(id, what.operation->name, what.operation->miss(params));
    return protocol::compat_failure(id, is_cache_failure(*done.failure) ? what.operation->cache_error
                                                                        : native_error(done));
}

void compat_session::end_streams(const protocol::compat_request& asked, reply_order::ticket ticket)
{
    const auto* key = asked.params.if_contains("stream_key");
    if (!protocol::python_truth(key)) {
        context_.metrics->refused(find_operation(asked.action), error::invalid_params);
        replies_.complete(ticket, plain(protocol::compat_failure(
                                      asked.id, {"INVALID_PARAMS", "stream_key parameter required"})));
        return;
    }
    const auto name = protocol::python_text(*key);
    boost::json::object result;
    result["stream_key"] = name;
    result["delivered"] = streams_.remove(name);
    replies_.complete(ticket, plain(protocol::compat_success(asked.id, asked.action, result)));
}

std::string compat_session::key_of(const protocol::compat_request& asked) const
{
    return path_.connection_id + ":" + asked.id_text;
}

} // namespace fullon_cache_api::detail
