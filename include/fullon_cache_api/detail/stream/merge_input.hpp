// A source as part of a merge: its items become those of the merge, whatever kind of source it is.
#pragma once

#include <fullon_cache_api/detail/stream/merge_core.hpp>
#include <fullon_cache_api/stream.hpp>

#include <fullon_coro/async_generator.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fullon_cache_api::detail {

/// What next() of a source that only has next() has said.
template <class T>
struct merge_outcome {
    std::optional<T> item;
    std::exception_ptr failure;
};

/// A source of which nothing is known but next(), as one that can be looked at.
template <class Source>
class followed_source {
public:
    using value_type = typename Source::value_type;

    explicit followed_source(Source source) : items_(follow(std::move(source))) {}

    boost::asio::awaitable<std::optional<value_type>> next() { return unpack(items_.next()); }
    const auto& items() const noexcept { return items_; }

private:
    using outcome = merge_outcome<value_type>;

    static fullon_coro::async_generator<outcome> follow(Source source)
    {
        for (;;) {
            outcome one;
            try {
                one.item = co_await source.next();
            } catch (...) {
                one.failure = std::current_exception();
            }
            if (!one.item && !one.failure)
                co_return;
            co_yield std::move(one);
        }
    }

    static boost::asio::awaitable<std::optional<value_type>>
    unpack(boost::asio::awaitable<std::optional<outcome>> call)
    {
        std::optional<value_type> result;
        auto one = co_await std::move(call);
        if (one && one->failure)
            std::rethrow_exception(one->failure);
        if (one)
            result = std::move(one->item);
        co_return result;
    }

    fullon_coro::async_generator<outcome> items_;
};

template <class Source>
struct merge_part {
    using type = followed_source<Source>;
};
template <class T>
struct merge_part<fullon_coro::async_generator<T>> {
    using type = fullon_coro::async_generator<T>;
};
template <class X>
struct merge_part<stream<X>> {
    using type = stream<X>;
};

template <class T>
std::shared_ptr<merge_source> look_at(const fullon_coro::async_generator<T>& items)
{
    return make_merge_source(fullon_coro::detail::generator_access::state_of(items));
}
template <class X>
std::shared_ptr<merge_source> look_at(const stream<X>& items)
{
    return make_merge_source(stream_access::channel_of(items));
}
template <class Source>
std::shared_ptr<merge_source> look_at(const followed_source<Source>& source)
{
    return look_at(source.items());
}

template <class Item>
class merge_input {
public:
    merge_input() = default;
    merge_input(const merge_input&) = delete;
    merge_input& operator=(const merge_input&) = delete;
    virtual ~merge_input() = default;

    virtual boost::asio::awaitable<std::optional<Item>> next() = 0;
    virtual std::shared_ptr<merge_source> look() const = 0;
};

/// `Index`: the alternative of the variant that the items become; void: they stay what they are.
template <class Item, class Source, class Index>
class typed_merge_input final : public merge_input<Item> {
public:
    explicit typed_merge_input(Source source) : source_(std::move(source)) {}

    boost::asio::awaitable<std::optional<Item>> next() override
    {
        if constexpr (std::is_void_v<Index>)
            return source_.next();
        else
            return convert(source_.next());
    }
    std::shared_ptr<merge_source> look() const override { return look_at(source_); }

private:
    // Static: the source may be destroyed meanwhile.
    static boost::asio::awaitable<std::optional<Item>>
    convert(boost::asio::awaitable<std::optional<typename Source::value_type>> call)
    {
        std::optional<Item> result;
        auto item = co_await std::move(call);
        if (item)
            result.emplace(std::in_place_index<Index::value>, std::move(*item));
        co_return result;
    }

    typename merge_part<Source>::type source_;
};

template <class Item>
using merge_inputs = std::vector<std::unique_ptr<merge_input<Item>>>;

/// Shared by a merged generator and its next().
template <class Item>
class merge_state final : public merge_core {
public:
    explicit merge_state(merge_inputs<Item> from) : merge_core(look(from)), inputs(std::move(from)) {}

    void drop(std::size_t which) noexcept
    {
        end(which);
        if (which < inputs.size())
            inputs[which].reset();
    }

    void drop_all() noexcept
    {
        close();
        const auto all = std::move(inputs); // their destructors may come here again
    }

    merge_inputs<Item> inputs; // null: it has ended

private:
    static std::vector<std::shared_ptr<merge_source>> look(const merge_inputs<Item>& from)
    {
        std::vector<std::shared_ptr<merge_source>> sources;
        sources.reserve(from.size());
        for (const auto& one : from)
            sources.push_back(one->look());
        return sources;
    }
};

} // namespace fullon_cache_api::detail
