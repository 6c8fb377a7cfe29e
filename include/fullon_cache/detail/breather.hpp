// Pauses in loops over much that was read.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>

namespace fullon_cache::detail {

/// A hundred thousand entries take some tenths of a second to decode: nobody else on the executor should wait for all of
/// them.
///
///     if (pause.due())
///         co_await pause.take();
class breather {
public:
    bool due() noexcept { return ++count_ % entries_per_turn == 0; }

    /// Completes when everything that was ready has had its turn.
    boost::asio::awaitable<void> take() const { co_await boost::asio::post(boost::asio::use_awaitable); }

private:
    static constexpr std::size_t entries_per_turn = 256; // well under a millisecond

    std::size_t count_ = 0;
};

} // namespace fullon_cache::detail
