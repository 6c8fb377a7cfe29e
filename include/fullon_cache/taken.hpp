// What was taken out of a list of Redis, and is not anybody's yet.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache {

namespace detail {
class list_taker;
}

/// Who waits for longer waits for this long: deadlines can be added up.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(24 * 365);

/// Elements from the front of a list, in its order. They are deleted in Redis when keep() was called; without that they go
/// back to the front, in their order, whatever ends the coroutine that has them.
class taken {
public:
    taken() noexcept; ///< nothing
    taken(std::shared_ptr<detail::list_taker> from, std::size_t first,
          std::vector<std::string> elements) noexcept;
    taken(taken&&) noexcept;
    taken& operator=(taken&&) = delete;
    ~taken();

    const std::vector<std::string>& elements() const noexcept { return elements_; }

    std::vector<std::string> keep();

    /// Completes when they are back, or Redis has not said so for `limit`.
    boost::asio::awaitable<void> put_back(std::chrono::milliseconds limit);

private:
    std::shared_ptr<detail::list_taker> from_;
    std::size_t first_ = 0; // its place in what was taken with it
    std::vector<std::string> elements_;
};

} // namespace fullon_cache
