// Operations on balances and positions.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/accounts.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct get_balance {
    static constexpr std::string_view name = "get_balance";
    static constexpr std::string_view doc =
        "Balance of one currency in an exchange account; without a currency all balances, like get_balances.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        fullon_orm::stored_id user_id;
        std::optional<std::string> currency;
        std::optional<std::string> exchange; ///< older name of `currency`
    };
    using result = std::variant<balance, account_balances>;
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_balance::params, (), (user_id, currency, exchange))

struct get_balances {
    static constexpr std::string_view name = "get_balances";
    static constexpr std::string_view doc =
        "All balances of an exchange account, or the balance of one currency.";
    static constexpr std::string_view rest = "/accounts/{user_id}/balances";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        fullon_orm::stored_id user_id;
        std::optional<std::string> currency; ///< where the account has none of it, the list is empty
    };
    using result = account_balances;
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_balances::params, (), (user_id, currency))

struct get_positions {
    static constexpr std::string_view name = "get_positions";
    static constexpr std::string_view doc = "Open positions of an exchange account, named by user_id or "
                                            "exchange; an empty list if there are none.";
    static constexpr std::string_view rest = "/accounts/{user_id}/positions";
    static constexpr std::string_view rest_without = "exchange";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        std::optional<fullon_orm::stored_id> user_id;
        std::optional<fullon_orm::stored_id> exchange;
    };
    using result = account_positions;
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_positions::params, (), (user_id, exchange))

struct stream_positions {
    static constexpr std::string_view name = "stream_positions";
    static constexpr std::string_view doc =
        "Live positions of an exchange account, named by user_id or exchange.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "position_update";
    struct params {
        std::optional<fullon_orm::stored_id> user_id;
        std::optional<fullon_orm::stored_id> exchange;
    };
    using item = account_position;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_positions::params, (), (user_id, exchange))

using account_operations = boost::mp11::mp_list<get_balance, get_balances, get_positions, stream_positions>;

} // namespace operations
} // namespace fullon_cache_api
