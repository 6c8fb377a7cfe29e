// merge(): one sequence of items from several streams and generators.
#pragma once

#include <fullon_cache_api/detail/stream/merge_input.hpp>

#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace fullon_cache_api {

/// A source for merge(): `stream<X>`, `async_generator<T>`, `merged<T>`, or any other movable type with a
/// `value_type` and a `next()` like theirs. A cancelled `next()` must not lose an item.
template <class Source>
concept mergeable = std::move_constructible<Source> && requires(Source& source) {
    typename Source::value_type;
    { source.next() } -> std::same_as<boost::asio::awaitable<std::optional<typename Source::value_type>>>;
};

/// The items of several sources in the order in which they come. Made by merge().
///
/// \code
/// auto all = merge(std::move(prices), std::move(positions));
/// while (auto item = co_await all.next())
///     std::visit([](auto& update) { handle(update); }, *item);
/// \endcode
///
/// The merge is fair: while a source has an item ready, each other source delivers at most one before it.
/// Items of one source keep their order. From streams and generators of this library nothing is taken before
/// it is asked for, so a stream goes on conflating for a slow consumer; from other sources one item is taken
/// in advance. Items that are ready cost no turn of the event loop, but for one turn in 32 items while
/// another source is waited for.
///
/// \par Lifetimes   Owns the sources. One that has ended is destroyed at once. Destruction destroys the
///                  sources (a stream unsubscribes), waits for nothing, and may happen while next() is
///                  pending.
/// \par Concurrency One serial executor, that of the sources; one next() at a time.
template <class T>
class [[nodiscard]] merged {
public:
    using value_type = T;

    /// A sequence that is at its end.
    merged() = default;
    explicit merged(std::shared_ptr<detail::merge_state<T>> state) noexcept : state_(std::move(state)) {}
    merged(merged&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    merged& operator=(merged&& other) noexcept
    {
        if (this != &other) {
            close();
            state_ = std::exchange(other.state_, nullptr);
        }
        return *this;
    }
    ~merged() { close(); }

    /// The next item of any source; empty once every source has ended, and from then on.
    ///
    /// \par Completes    as soon as a source has an item, an error, or all have ended.
    /// \par Cancellation terminal, partial, total: ends the wait with
    ///                   `boost::asio::error::operation_aborted`. The sources go on and no item is lost:
    ///                   `co_await (all.next() || timer.async_wait(boost::asio::use_awaitable))`.
    /// \par Errors       What the `next()` of a source throws is thrown here, once, in the place of that
    ///                   source's next item. Then all sources go on, this one included; it ends if nothing
    ///                   more comes from it (a generator whose body threw, a stream that the server refused).
    ///                   A stream with `on_stale::fail` throws once each time it becomes stale or
    ///                   disconnected. Note that Asio's `||` throws only when both operands do: it hides an
    ///                   error while the timer goes on.
    /// \throws std::logic_error when another next() is pending
    /// \throws boost::system::system_error operation_aborted when this object is destroyed meanwhile
    boost::asio::awaitable<std::optional<T>> next() { return take(state_); }

private:
    void close() noexcept
    {
        if (state_)
            state_->drop_all();
    }

    static boost::asio::awaitable<std::optional<T>> take(std::shared_ptr<detail::merge_state<T>> state)
    {
        std::optional<T> item;
        if (!state)
            co_return item;
        const detail::merge_core::consumer only(*state);
        for (;;) {
            const auto which = co_await detail::merge_core::pick(state);
            if (!which)
                co_return item;
            auto call = state->inputs[*which]->next();
            item = co_await std::move(call);
            if (item)
                co_return item;
            state->drop(*which);
        }
    }

    std::shared_ptr<detail::merge_state<T>> state_;
};

/// Merges sources of different types, which it takes over. An item is a `std::variant` with one alternative
/// for each source, in their order.
///
/// \code
/// auto all = merge(std::move(prices), std::move(positions)); // stream<ticker>, stream<account_position>
/// while (auto item = co_await all.next()) {
///     if (auto* price = std::get_if<0>(&*item))
///         on_price(*price);               // update<ticker>
///     else
///         on_position(std::get<1>(*item)); // update<account_position>
/// }
/// \endcode
///
/// `item->index()` is the number of the source, also where several sources have items of one type;
/// `std::get<Type>` does not compile then, `std::get<number>` does.
template <mergeable... Sources>
    requires(sizeof...(Sources) > 0)
merged<std::variant<typename Sources::value_type...>> merge(Sources... sources)
{
    using item = std::variant<typename Sources::value_type...>;
    detail::merge_inputs<item> inputs;
    inputs.reserve(sizeof...(Sources));
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        (inputs.push_back(
             std::make_unique<
                 detail::typed_merge_input<item, Sources, std::integral_constant<std::size_t, Index>>>(
                 std::move(sources))),
         ...);
    }(std::index_sequence_for<Sources...>());
    return merged<item>(std::make_shared<detail::merge_state<item>>(std::move(inputs)));
}

/// Merges any number of sources of one type; items stay what they are. Without sources the result is at its
/// end.
///
/// \code
/// std::vector<stream<trade>> markets;
/// markets.push_back(co_await cache.stream_trade_updates("binance", "BTC/USDT"));
/// markets.push_back(co_await cache.stream_trade_updates("kraken", "BTC/USDT"));
/// auto all = merge(std::move(markets)); // merged<update<trade>>
/// \endcode
template <mergeable Source>
merged<typename Source::value_type> merge(std::vector<Source> sources)
{
    using item = typename Source::value_type;
    detail::merge_inputs<item> inputs;
    inputs.reserve(sources.size());
    for (auto& source : sources)
        inputs.push_back(std::make_unique<detail::typed_merge_input<item, Source, void>>(std::move(source)));
    return merged<item>(std::make_shared<detail::merge_state<item>>(std::move(inputs)));
}

} // namespace fullon_cache_api
