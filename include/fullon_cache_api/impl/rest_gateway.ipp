// Bodies of detail/rest_gateway.hpp.
#pragma once

#include <fullon_cache_api/detail/rest_answer.hpp>
#include <fullon_cache_api/detail/rest_gateway.hpp>
#include <fullon_cache_api/operations/health.hpp>

#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/deadline.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;

rest_gateway::rest_gateway(operation_context& context, std::string_view prefix)
    : context_(context), prefix_(protocol::parse_rest_target(prefix).segments)
{
    for (const auto& entry : catalogue())
        for (std::string_view rest = entry.rest; !rest.empty();) {
            const auto one = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
            routes_.add(one);
            operations_.push_back(&entry);
        }
}

asio::awaitable<http_response> rest_gateway::handle(http_request request)
{
    auto target = protocol::parse_rest_target(request.target);
    if (auto refused = refuse(request, target))
        co_return std::move(*refused);
    auto& segments = target.segments;
    if (!segments.empty() && segments.front() == "health" && segments.size() <= 2) {
        auto checking = health(segments.size() == 2 ? segments.back() : std::string());
        co_return co_await std::move(checking);
    }
    const bool ours =
        segments.size() >= prefix_.size() && std::equal(prefix_.begin(), prefix_.end(), segments.begin());
    if (ours)
        segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(prefix_.size()));
    auto hit = ours ? routes_.find(segments) : std::nullopt;
    if (!hit)
        co_return problem_answer(404, "there is no such route");
    call what;
    what.operation = operations_[hit->route];
    what.params = std::move(hit->variables);
    for (auto& one : target.query)
        what.params.push_back(std::move(one));
    if (auto refused = read_timeout(what))
        co_return std::move(*refused);
    auto running = run(std::move(what), std::string(find_header(request.headers, "If-None-Match")));
    co_return co_await std::move(running);
}

std::optional<http_response> rest_gateway::refuse(const http_request& request,
                                                  const protocol::rest_target& target) const
{
    constexpr const char* allowed = "GET, HEAD, OPTIONS";
    if (request.method == "OPTIONS") {
        http_response answer;
        answer.status = 204;
        answer.headers.emplace_back("Allow", allowed);
        return answer;
    }
    if (request.method != "GET" && request.method != "HEAD") {
        auto answer = problem_answer(405, "the cache is read-only: GET, HEAD and OPTIONS are served");
        answer.headers.emplace_back("Allow", allowed);
        return answer;
    }
    if (!target.problem.empty())
        return problem_answer(400, target.problem);
    return std::nullopt;
}

// `?timeout=` is everywhere: seconds, up to the server's own.
std::optional<http_response> rest_gateway::read_timeout(call& what) const
{
    const auto found = std::find_if(what.params.begin(), what.params.end(),
                                    [](const auto& one) { return one.first == "timeout"; });
    if (found == what.params.end())
        return std::nullopt;
    double seconds = 0;
    const auto& text = found->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !(seconds > 0) ||
        !std::isfinite(seconds))
        return problem_answer(error::invalid_params, "timeout: must be a number of seconds above zero");
    const auto most = context_.ticks.timeout();
    const double wanted = std::min(seconds * 1000, static_cast<double>(most.count()));
    what.timeout = std::chrono::milliseconds(std::max<long long>(1, std::llround(wanted)));
    what.params.erase(found);
    return std::nullopt;
}

asio::awaitable<http_response> rest_gateway::run(call what, std::string if_none_match)
{
    const auto timeout = what.timeout;
    outcome done;
    std::exception_ptr thrown;
    try {
        auto running = run_spellings(std::move(what));
        if (timeout)
            done = co_await fullon_cache::detail::with_deadline(*timeout, std::move(running));
        else
            done = co_await std::move(running);
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted)
            throw; // whoever asked has gone
        thrown = std::current_exception();
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown)
        done = failure_of(thrown);
    if (done.failure)
        co_return problem_answer(*done.failure, done.text);
    std::string tagged = done.undated.empty() ? done.result : std::move(done.undated);
    std::optional<double> age;
    if (done.data_time)
        age = std::max(0.0, fullon_cache::detail::now_seconds() - *done.data_time);
    auto answer = json_answer(std::move(done.result), tagged, if_none_match);
    if (age)
        answer.headers.emplace_back("Age",
                                    std::to_string(static_cast<long long>(std::min(*age, 2147483647.0))));
    co_return answer;
}

// A symbol may be spelled with a dash: the second spelling is tried where the first finds nothing.
asio::awaitable<outcome> rest_gateway::run_spellings(call what)
{
    const auto symbol = std::find_if(what.params.begin(), what.params.end(),
                                     [](const auto& one) { return one.first == "symbol"; });
    const auto place = symbol - what.params.begin();
    std::vector<std::string> spellings;
    if (symbol != what.params.end())
        spellings = protocol::symbol_spellings(symbol->second);
    outcome first = co_await run_once(what.operation, what.params);
    if (spellings.size() < 2 || (!first.failure && first.anything) ||
        (first.failure && *first.failure != error::cache_miss))
        co_return first;
    what.params[static_cast<std::size_t>(place)].second = spellings.back();
    outcome second = co_await run_once(what.operation, std::move(what.params));
    const bool says_more = second.failure ? *second.failure != error::cache_miss : second.anything;
    if (says_more)
        co_return second;
    co_return first;
}

asio::awaitable<outcome> rest_gateway::run_once(const operation_entry* operation,
                                                protocol::text_params params)
{
    boost::json::object arguments;
    auto problem = operation->read_text(params, arguments);
    if (!problem.empty())
        co_return outcome::failed(error::invalid_params, std::move(problem));
    auto running = operation->run_rest(context_, std::move(arguments));
    co_return co_await std::move(running);
}

// Liveness is that this is answered at all; readiness, that Redis answers.
asio::awaitable<http_response> rest_gateway::health(std::string kind)
{
    if (!kind.empty() && kind != "live" && kind != "ready")
        co_return problem_answer(404, "there is no such route");
    if (kind == "live")
        co_return json_answer(R"({"status":"alive"})", "alive", {});
    operations::health_check::params nothing;
    auto checking = operations::health_check::run(context_, nothing);
    auto found = co_await std::move(checking);
    const bool healthy = found.result && found.result->status == "healthy";
    std::string body;
    fullon_orm::write_json(body, *found.result, fullon_orm::json_style::wire);
    auto answer = json_answer(std::move(body), healthy ? "healthy" : "unhealthy", {});
    answer.headers.pop_back(); // Cache-Control, for:
    answer.headers.emplace_back("Cache-Control", "no-store");
    if (!healthy) {
        answer.status = 503;
        answer.headers.emplace_back("Retry-After", "1");
    }
    co_return answer;
}

} // namespace fullon_cache_api::detail
