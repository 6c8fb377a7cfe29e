// How the client's methods send an operation and read its reply. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/client_state.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/assert.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace fullon_cache_api::detail {

using client_state_ptr = std::shared_ptr<client_state>;

/// Whether the caller is on the executor, where that can be told.
[[maybe_unused]] inline bool runs_on(const boost::asio::any_io_executor& executor)
{
    using context_executor = boost::asio::io_context::executor_type;
    if (const auto* context = executor.target<context_executor>())
        return context->running_in_this_thread();
    if (const auto* strand = executor.target<boost::asio::strand<context_executor>>())
        return strand->running_in_this_thread();
    if (const auto* strand = executor.target<boost::asio::strand<boost::asio::any_io_executor>>())
        return strand->running_in_this_thread();
    return true;
}

/// Sends an operation; errors of all kinds come in the result.
template <class Operation>
boost::asio::awaitable<client_reply> send_operation(client_state_ptr state,
                                                    typename Operation::params arguments)
{
    BOOST_ASSERT_MSG(state, "the client is not connected");
    BOOST_ASSERT_MSG(runs_on(state->executor()), "a client must be used on its own executor");
    std::string params;
    fullon_orm::write_json(params, arguments, fullon_orm::json_style::wire);
    co_return co_await state->request(std::string(Operation::name), std::move(params));
}

template <class Operation, class Result = typename Operation::result>
std::optional<Result> read_result(client_reply& reply)
{
    if (!reply.code) {
        if (auto read =
                reply.result ? fullon_orm::read_json<Result>(*reply.result) : fullon_orm::read_error())
            return std::move(*read);
        else
            reply.text = std::string(Operation::name) + ": the result cannot be read: " + read.error().text();
        reply.code = make_error_code(error::protocol);
    }
    return std::nullopt;
}

[[noreturn]] inline void throw_failure(const client_reply& reply)
{
    throw boost::system::system_error(reply.code, reply.text);
}

/// A query that always has a result.
template <class Operation>
boost::asio::awaitable<typename Operation::result> ask(client_state_ptr state,
                                                       typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result)
        throw_failure(reply);
    co_return std::move(*result);
}

/// A query that may find nothing. `Result`: which of several results it has for these parameters.
template <class Operation, class Result = typename Operation::result>
boost::asio::awaitable<std::optional<Result>> find(client_state_ptr state,
                                                   typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation, Result>(reply);
    if (!result && reply.code != error::cache_miss)
        throw_failure(reply);
    co_return result;
}

/// The same without exceptions.
template <class Operation>
boost::asio::awaitable<boost::system::result<std::optional<typename Operation::result>>>
try_find(client_state_ptr state, typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result && reply.code != error::cache_miss)
        co_return reply.code;
    co_return std::move(result);
}

template <class Operation, auto Member>
using member_of = std::remove_cvref_t<decltype(std::declval<typename Operation::result&>().*Member)>;

/// A query of which one member of the result is wanted.
template <class Operation, auto Member>
boost::asio::awaitable<member_of<Operation, Member>> ask_member(client_state_ptr state,
                                                                typename Operation::params arguments)
{
    auto result = co_await ask<Operation>(std::move(state), std::move(arguments));
    co_return std::move(result.*Member);
}

/// The same of one that may find nothing: the member's default then.
template <class Operation, auto Member>
boost::asio::awaitable<member_of<Operation, Member>> find_member(client_state_ptr state,
                                                                 typename Operation::params arguments)
{
    auto result = co_await find<Operation>(std::move(state), std::move(arguments));
    member_of<Operation, Member> member{};
    if (result)
        member = std::move((*result).*Member);
    co_return member;
}

/// A member without exceptions.
template <class Operation, auto Member>
boost::asio::awaitable<boost::system::result<member_of<Operation, Member>>>
try_ask_member(client_state_ptr state, typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result)
        co_return reply.code;
    co_return std::move((*result).*Member);
}

/// What is not said is left out.
inline std::optional<std::string> unless_empty(std::string text)
{
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

} // namespace fullon_cache_api::detail
