// Bodies of reply_router.hpp.
#pragma once

#include <fullon_cache/detail/redis/reply_router.hpp>

#include <charconv>
#include <utility>

namespace fullon_cache::detail {

namespace {

void write_length(std::string& out, char sign, std::size_t length)
{
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, length).ptr;
    out += sign;
    out.append(text, end);
    out += "\r\n";
}

bool is_confirmation(const reply& push)
{
    if (push.items.empty())
        return false;
    const auto& kind = push.items.front().text;
    return kind == "subscribe" || kind == "psubscribe" || kind == "unsubscribe" || kind == "punsubscribe";
}

} // namespace

void write_resp(std::string& out, const command& one)
{
    write_length(out, '*', one.words().size());
    for (const auto& word : one.words()) {
        write_length(out, '$', word.size());
        out += word;
        out += "\r\n";
    }
}

bool reply_router::read(std::string_view bytes, reply_sink& sink)
{
    while (!bytes.empty() && error_.empty() && !stopped_) {
        bytes.remove_prefix(reader_.read(bytes));
        if (!reader_.error().empty())
            error_ = reader_.error();
        else if (reader_.complete())
            route(sink);
    }
    return error_.empty() && !stopped_;
}

void reply_router::route(reply_sink& sink)
{
    const bool push = reader_.is_push();
    auto one = reader_.take();
    if (!push)
        return answer(sink, std::move(one));
    sink.on_push(one);
    if (is_confirmation(one) && !waiting_.empty() && waiting_.front()->confirmed_by_pushes &&
        --waiting_.front()->missing == 0) {
        const auto done = std::move(waiting_.front());
        waiting_.pop_front();
        done->answered = true;
        sink.on_answered(done);
    }
}

void reply_router::answer(reply_sink& sink, reply&& one)
{
    if (waiting_.empty()) {
        error_ = "Redis sent a reply to no request";
        return;
    }
    auto& first = *waiting_.front();
    if (first.confirmed_by_pushes && !one.is_error()) {
        error_ = "Redis answers a subscription with something else";
        return;
    }
    if (!first.abandoned)
        first.replies.push_back(std::move(one));
    if (!first.confirmed_by_pushes && --first.missing > 0)
        return;
    const auto done = std::move(waiting_.front());
    waiting_.pop_front();
    done->answered = true;
    sink.on_answered(done);
}

} // namespace fullon_cache::detail
