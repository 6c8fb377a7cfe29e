// Operations on what is stored about accounts, and on all of them.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/accounts_overview.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_accounts_status {
    static constexpr std::string_view name = "get_accounts_status";
    static constexpr std::string_view doc =
        "Currencies and number of open positions of an exchange account, and when its data was last written.";
    static constexpr std::string_view rest = "/accounts/{user_id}/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        fullon_orm::stored_id user_id;
    };
    using result = account_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_accounts_status::params, (), (user_id))

struct get_accounts_summary {
    static constexpr std::string_view name = "get_accounts_summary";
    static constexpr std::string_view doc = "Counts over all exchange accounts, with totals per currency.";
    static constexpr std::string_view rest = "/accounts/summary /accounts/accounts/summary";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = accounts_summary;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_accounts_summary::params, (), ())

using accounts_overview_operations = boost::mp11::mp_list<get_accounts_status, get_accounts_summary>;

} // namespace operations
} // namespace fullon_cache_api
