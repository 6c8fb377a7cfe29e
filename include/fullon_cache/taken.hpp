// Elements that were taken out of a list in Redis and are not yet kept.
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

/// The longest time that anything waits; longer ones are shortened to it, so that deadlines do not overflow.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(24 * 365);

/// Elements from the front of a list, in its order, between being taken and being kept.
///
/// After keep() they are deleted in Redis. Without it they go back to the front of the list, in their old
/// order, when this object is destroyed, whatever ends the coroutine that holds it.
///
/// \code
/// // link: a shared_ptr<redis_link>
/// auto found = co_await link->take("jobs", false, std::chrono::seconds(5));
/// if (!found.elements().empty() && is_valid(found.elements().front()))
///     run(found.keep().front());
/// \endcode
///
/// Until it is decided, no other element of this list is taken over the same link: decide soon. A holder that
/// keeps the event loop from running, or loses Redis, for longer than `config::take_lease` must expect that
/// others take the elements too.
///
/// \par Concurrency used on the executor of the link; the destructor may run anywhere within it, or while the
///                  io_context is destroyed.
class taken {
public:
    taken() noexcept; ///< no elements
    /// Made by redis_link::take().
    taken(std::shared_ptr<detail::list_taker> from, std::size_t first,
          std::vector<std::string> elements) noexcept;
    taken(taken&&) noexcept;
    taken& operator=(taken&&) = delete;
    ~taken();

    /// The elements; empty if there were none, and after keep().
    const std::vector<std::string>& elements() const noexcept { return elements_; }

    /// Makes the elements the caller's: they are deleted in Redis when the event loop runs next.
    std::vector<std::string> keep();

    /// Gives the elements back now. Completes when Redis has confirmed it, or after `limit`; they go back in
    /// either case. elements() can still be read.
    /// \par Cancellation terminal; ends the wait, not the giving back.
    boost::asio::awaitable<void> put_back(std::chrono::milliseconds limit);

private:
    std::shared_ptr<detail::list_taker> from_;
    std::size_t first_ = 0; // its place in what was taken with it
    std::vector<std::string> elements_;
};

} // namespace fullon_cache
