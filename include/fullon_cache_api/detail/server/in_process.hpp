// The calls and streams that a server's own process makes.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/calls/local_calls.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/server/local_stream.hpp>

#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// A part of its server. Pointers to it that are handed out own the server's state.
class in_process final : public local_calls, private open_streams {
public:
    in_process(boost::asio::any_io_executor executor, operation_context context);
    in_process(const in_process&) = delete;
    in_process& operator=(const in_process&) = delete;
    ~in_process();

    const boost::asio::any_io_executor& executor() const noexcept override { return executor_; }
    boost::asio::awaitable<call_reply<void>> query(std::string_view operation, void* params,
                                                   void* result) override;
    boost::asio::awaitable<std::shared_ptr<stream_channel>> subscribe(std::shared_ptr<local_calls> self,
                                                                      stream_request what) override;

    /// Ends every stream; calls from now on, and those under way that need Redis, fail with `error::closed`.
    void close();

    /// Completes when nothing runs in the background. After close().
    boost::asio::awaitable<void> join();

    /// Whether there is nothing to close.
    bool idle() const noexcept { return streams_.empty() && tasks_.size() == 0; }

private:
    struct opening;
    class new_stream;

    boost::asio::awaitable<void> open(std::shared_ptr<local_calls> self, std::shared_ptr<local_stream> made,
                                      std::shared_ptr<opening> progress);
    void end(std::uint64_t id);
    std::vector<stream_info> list() const override;
    std::optional<std::uint64_t> remove(std::string_view key) override;

    boost::asio::any_io_executor executor_;
    operation_context context_;
    std::map<std::uint64_t, std::shared_ptr<local_stream>> streams_;
    fullon_coro::task_group tasks_;
    std::uint64_t next_id_ = 1;
    bool closed_ = false;
};

} // namespace fullon_cache_api::detail
