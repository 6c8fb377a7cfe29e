// What the methods of cache_calls.hpp know of a server in the same process.
#pragma once

#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/detail/stream/stream_request.hpp>
#include <fullon_cache_api/detail/wire/call_reply.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Abstract so that a program that only connects to servers does not link one. A pointer to it keeps the server's parts
/// alive; all members are called on the executor.
class local_calls {
public:
    virtual const boost::asio::any_io_executor& executor() const noexcept = 0;

    /// Runs a query. `params` points to the operation's parameters, which may be moved from, `result` to an empty
    /// `std::optional` of its result; both must stay until this has completed.
    /// Throws nothing but operation_aborted, when it was cancelled.
    virtual boost::asio::awaitable<call_reply<void>> query(std::string_view operation, void* params,
                                                           void* result) = 0;

    /// Opens a stream; `self` is this. Completes when the stream has begun.
    /// \throws boost::system::system_error
    virtual boost::asio::awaitable<std::shared_ptr<stream_channel>>
    subscribe(std::shared_ptr<local_calls> self, stream_request what) = 0;

protected:
    ~local_calls() = default;
};

} // namespace fullon_cache_api::detail
