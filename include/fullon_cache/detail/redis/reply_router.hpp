// Who gets which reply of one connection: requests in the order in which they were sent, pushes between. Sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/detail/redis/resp3_reader.hpp>
#include <fullon_cache/reply.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

/// Commands as Redis reads them, appended to `out`.
void write_resp(std::string& out, const command& one);

/// What was sent, or is about to be, and not answered yet.
struct sent_request {
    std::size_t missing = 0; ///< replies to come
    /// SUBSCRIBE and its kin are answered by one push per channel, and by an ordinary reply only where they are refused.
    bool confirmed_by_pushes = false;
    bool abandoned = false; ///< nobody waits: what comes is dropped
    bool answered = false;
    std::vector<reply> replies;
};

/// Called while bytes are read, in the order in which Redis sent things. May send new requests.
class reply_sink {
public:
    virtual void on_push(const reply& push) = 0;
    virtual void on_answered(const std::shared_ptr<sent_request>& request) = 0;

protected:
    ~reply_sink() = default;
};

class reply_router {
public:
    explicit reply_router(resp3_limits limits = {}) : reader_(limits) {}

    /// Of a request whose bytes go out behind those of all before it. `missing` is above zero.
    void sent(std::shared_ptr<sent_request> request) { waiting_.push_back(std::move(request)); }

    /// \returns whether the connection can be used on: see error().
    bool read(std::string_view bytes, reply_sink& sink);

    /// To be called by the sink: nothing more of these bytes is handed out.
    void stop() noexcept { stopped_ = true; }

    /// Why the connection cannot be used on: what came is no RESP3, or answers nothing.
    const std::string& error() const noexcept { return error_; }

    /// What is not answered, which then waits no more.
    std::deque<std::shared_ptr<sent_request>> take_waiting() { return std::exchange(waiting_, {}); }

private:
    void route(reply_sink& sink);
    void answer(reply_sink& sink, reply&& one);

    resp3_reader reader_;
    std::deque<std::shared_ptr<sent_request>> waiting_;
    std::string error_;
    bool stopped_ = false;
};

} // namespace fullon_cache::detail
