// How the methods of cache_calls.hpp ask an operation, over a connection or in process. Included by impl files only.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/detail/calls/local_calls.hpp>
#include <fullon_cache_api/detail/client/client_state.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/assert.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace fullon_cache_api::detail {

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

/// That of several results which the parameters make the operation have.
template <class Result, class Found>
Result result_of(Found&& found)
{
    if constexpr (std::is_same_v<Result, std::remove_cvref_t<Found>>)
        return std::forward<Found>(found);
    else
        return std::get<Result>(std::forward<Found>(found));
}

/// By a server in this process: what it finds needs no JSON.
template <class Operation, class Result>
boost::asio::awaitable<call_reply<Result>> ask_here(std::shared_ptr<local_calls> server,
                                                    typename Operation::params arguments)
{
    BOOST_ASSERT_MSG(runs_on(server->executor()), "a server must be used on its own executor");
    std::optional<typename Operation::result> found;
    auto asking = server->query(Operation::name, &arguments, &found);
    auto done = co_await std::move(asking);
    call_reply<Result> reply{{}, done.failure, std::move(done.text)};
    if (found)
        reply.result.emplace(result_of<Result>(std::move(*found)));
    co_return reply;
}

/// By a server at the other end of a connection.
template <class Operation, class Result>
boost::asio::awaitable<call_reply<Result>> ask_there(std::shared_ptr<client_state> state,
                                                     typename Operation::params arguments)
{
    call_reply<Result> reply;
    if (!state) {
        reply.failure = make_error_code(error::closed);
        reply.text = "the client is not connected";
        co_return reply;
    }
    BOOST_ASSERT_MSG(runs_on(state->executor()), "a client must be used on its own executor");
    std::string params;
    fullon_orm::write_json(params, arguments, fullon_orm::json_style::wire);
    auto done = co_await state->request(std::string(Operation::name), std::move(params));
    reply.text = std::move(done.text);
    if (done.failure) {
        if (done.failure != error::cache_miss)
            reply.failure = done.failure;
    } else if (auto read =
                   done.result ? fullon_orm::read_json<Result>(*done.result) : fullon_orm::read_error()) {
        reply.result.emplace(std::move(*read));
    } else {
        reply.failure = make_error_code(error::protocol);
        reply.text = std::string(Operation::name) + ": the result cannot be read: " + read.error().text();
    }
    co_return reply;
}

template <class Operation, class Result = typename Operation::result>
boost::asio::awaitable<call_reply<Result>> ask_for(caller whom, typename Operation::params arguments)
{
    return whom.local ? ask_here<Operation, Result>(std::move(whom.local), std::move(arguments))
                      : ask_there<Operation, Result>(std::move(whom.remote), std::move(arguments));
}

[[noreturn]] inline void throw_failure(const boost::system::error_code& code, const std::string& text)
{
    throw boost::system::system_error(code, text);
}

/// A query that always has a result.
template <class Operation>
boost::asio::awaitable<typename Operation::result> ask(caller whom, typename Operation::params arguments)
{
    auto done = co_await ask_for<Operation>(std::move(whom), std::move(arguments));
    if (!done.result && !done.failure)
        done.failure = make_error_code(error::cache_miss);
    if (!done.result)
        throw_failure(done.failure, done.text);
    co_return std::move(*done.result);
}

/// A query that may find nothing. `Result`: which of several results it has for these parameters.
template <class Operation, class Result = typename Operation::result>
boost::asio::awaitable<std::optional<Result>> find(caller whom, typename Operation::params arguments)
{
    auto done = co_await ask_for<Operation, Result>(std::move(whom), std::move(arguments));
    if (done.failure)
        throw_failure(done.failure, done.text);
    co_return std::move(done.result);
}

template <class Operation, auto Member>
using member_of = std::remove_cvref_t<decltype(std::declval<typename Operation::result&>().*Member)>;

/// A query of which one member of the result is wanted.
template <class Operation, auto Member>
boost::asio::awaitable<member_of<Operation, Member>> ask_member(caller whom,
                                                                typename Operation::params arguments)
{
    auto result = co_await ask<Operation>(std::move(whom), std::move(arguments));
    co_return std::move(result.*Member);
}

/// The same of one that may find nothing: the member's default then.
template <class Operation, auto Member>
boost::asio::awaitable<member_of<Operation, Member>> find_member(caller whom,
                                                                 typename Operation::params arguments)
{
    auto result = co_await find<Operation>(std::move(whom), std::move(arguments));
    member_of<Operation, Member> member{};
    if (result)
        member = std::move((*result).*Member);
    co_return member;
}

/// What is not said is left out.
inline std::optional<std::string> unless_empty(std::string text)
{
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

} // namespace fullon_cache_api::detail
