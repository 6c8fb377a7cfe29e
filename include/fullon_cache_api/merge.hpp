// merge(): one generator over several streams and generators.
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

/// What merge() takes: `stream<X>`, `async_generator<T>`, what merge() gives, or anything else that is moved and
/// iterated like them and whose `next()` loses no item when it is cancelled.
template <class Source>
concept mergeable = std::move_constructible<Source> && requires(Source& source) {
    typename Source::value_type;
    { source.next() } -> std::same_as<boost::asio::awaitable<std::optional<typename Source::value_type>>>;
};

/// The items of several sources as they come: `while (auto item = co_await all.next())`. Made by merge().
///
/// Fair: while a source has an item to give, each other source gives at most one before it. Items of one source keep
/// their order. Streams and generators of this library keep their items until they are asked for (so that a stream goes
/// on conflating for a slow consumer); of other sources one item is taken in advance. Items that are there do not
/// touch the event loop, but for one turn in 32 while another source is waited for.
/// \par Lifetimes   owns the sources; one that has ended is destroyed at once. Destruction destroys the sources (a stream
///                  unsubscribes), waits for nothing, and may happen while next() waits.
/// \par Concurrency one serial executor, that of the sources; one consumer at a time.
template <class T>
class [[nodiscard]] merged {
public:
    using value_type = T;

    merged() = default; ///< at its end
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

    /// The next item; empty when every source has ended, and ever after.
    /// \par Cancellation any type ends the wait with operation_aborted; the sources go on and no item is lost:
    ///                   `co_await (all.next() || timer.async_wait(asio::use_awaitable))`.
    /// \par Errors       what a source's `next()` throws comes out of this one, once, at the place that its next item
    ///                   would have had; then all sources go on, this one too (it ends if there is nothing more from
    ///                   it: a generator whose body threw, a stream that the server refused). A stream with
    ///                   `on_stale::fail` throws once each time it becomes stale or disconnected. (Asio's `||` throws
    ///                   only when both operands do: it hides an error while the timer goes on.)
    ///                   std::logic_error if another next() waits; system_error(operation_aborted) when this generator
    ///                   is destroyed meanwhile.
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

/// One generator over `sources`, which it takes over:
///
///     auto all = merge(std::move(prices), std::move(positions));
///     while (auto item = co_await all.next()) {
///         if (auto* price = std::get_if<0>(&*item))
///             on_price(*price); // update<ticker>
///         else
///             on_position(std::get<1>(*item)); // update<position>
///     }
///
/// The alternatives stand in the order of the sources, one for each: `item->index()` is the number of the source also
/// where several have items of one type (then `std::get<Type>` does not compile, `std::get<number>` does).
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

/// One generator over any number of sources of one type; its items are theirs. None: it is at its end.
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
