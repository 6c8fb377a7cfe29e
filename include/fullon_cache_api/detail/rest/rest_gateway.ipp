// Bodies of rest_gateway.hpp.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/rest/rest_gateway.hpp>
#include <fullon_cache_api/detail/rest/rest_settings.hpp>

#include <fullon_coro/deadline.hpp>
#include <fullon_orm/clock.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;

namespace {

gateway_config with_checked_prefix(gateway_config settings)
{
    settings.prefix = checked_prefix(std::move(settings.prefix));
    return settings;
}

} // namespace

bool strip_prefix(std::vector<std::string>& path, const std::vector<std::string>& prefix)
{
    if (path.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), path.begin()))
        return false;
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
    return true;
}

rest_gateway::rest_gateway(operation_context& context, gateway_config settings)
    : context_(context), settings_(with_checked_prefix(std::move(settings))), service_(context, settings_),
      origins_(settings_.allowed_origins), routes_(rest_routes()), other_(&context.metrics->route("other"))
{
    prefix_ = protocol::parse_rest_target(settings_.prefix).segments;
    for (const auto& one : routes_) {
        table_.add(one.pattern);
        counters_.push_back(&context.metrics->route(one.pattern));
    }
}

std::vector<std::string> rest_gateway::groups() const
{
    std::vector<std::string> names;
    for (const auto& one : routes_)
        if (const auto name = group_of(one.pattern);
            std::find(names.begin(), names.end(), name) == names.end())
            names.emplace_back(name);
    return names;
}

std::vector<std::string> rest_gateway::routes_of(std::string_view group) const
{
    std::vector<std::string> routes;
    for (const auto& one : routes_)
        if (group_of(one.pattern) == group)
            routes.emplace_back(one.pattern.substr(1 + group.size()));
    return routes;
}

asio::awaitable<http_response> rest_gateway::handle(http_request request, mount_point where,
                                                    reply_account* account)
{
    const auto begin = std::chrono::steady_clock::now();
    auto* counted = other_;
    auto answering = answer(request, std::move(where), &counted, account);
    auto found = co_await std::move(answering);
    const auto type = find_header(found.headers, "Content-Type");
    if (found.status == 200 && !accepts(list_header(request.headers, "Accept"), type))
        found = problem_answer(406, "Accept: the only available type is " + std::string(type));
    allow_origin(request, found);
    guard_answer(found);
    counted->answered(found.status, std::chrono::steady_clock::now() - begin);
    co_return found;
}

asio::awaitable<http_response> rest_gateway::answer(http_request request, mount_point where,
                                                    route_counters** counted, reply_account* account)
{
    constexpr const char* allowed = "GET, HEAD, OPTIONS";
    if (request.method == "OPTIONS") {
        http_response answer;
        answer.status = 204;
        answer.headers.emplace_back("Allow", allowed);
        co_return answer;
    }
    if (request.method != "GET" && request.method != "HEAD") {
        auto answer = problem_answer(405, "the cache is read-only: use GET, HEAD or OPTIONS");
        answer.headers.emplace_back("Allow", allowed);
        co_return answer;
    }
    auto target = protocol::parse_rest_target(request.target);
    if (!target.problem.empty())
        co_return problem_answer(400, target.problem);
    const auto if_none_match = list_header(request.headers, "If-None-Match");
    if (where.group.empty()) {
        // Below the prefix as well, so that one rule of a proxy mounts everything.
        auto path = target.segments;
        std::string at;
        if (!service_routes::may_serve(path) && !prefix_.empty() && strip_prefix(path, prefix_))
            at = settings_.prefix;
        if (service_routes::may_serve(path)) {
            auto serving = service_.answer(path, if_none_match, std::move(at));
            auto found = co_await std::move(serving);
            if (found) {
                *counted = &context_.metrics->route("/" + path.front());
                co_return std::move(*found);
            }
        }
    }
    if (auto found = entrance(target.segments, where, request.headers)) {
        *counted = &context_.metrics->route("/");
        co_return std::move(*found);
    }
    auto what = find(std::move(target), where);
    if (!what)
        co_return problem_answer(404, where.group.empty() ? "there is no such route; /docs lists them"
                                                          : "there is no such route");
    *counted = what->counters;
    if (auto refused = read_timeout(*what))
        co_return std::move(*refused);
    auto running = run(std::move(*what), if_none_match, account);
    co_return co_await std::move(running);
}

// Where somebody begins who knows the address alone: the root leads to the pages, the prefix lists the routes.
std::optional<http_response> rest_gateway::entrance(const std::vector<std::string>& path,
                                                    const mount_point& where,
                                                    const http_headers& headers) const
{
    if (!where.group.empty() || (!path.empty() && path != prefix_))
        return std::nullopt;
    const bool is_prefix = path == prefix_;
    const bool for_browser = list_header(headers, "Accept").find("text/html") != std::string::npos;
    if (path.empty() && (!is_prefix || for_browser))
        return service_routes::to_documentation();
    std::vector<std::string> patterns;
    for (const auto& one : routes_)
        patterns.emplace_back(one.pattern);
    return service_.index(settings_.prefix, patterns, list_header(headers, "If-None-Match"));
}

std::optional<rest_gateway::call> rest_gateway::find(protocol::rest_target target,
                                                     const mount_point& where) const
{
    auto& path = target.segments;
    if (!strip_prefix(path, where.group.empty() ? prefix_ : where.at))
        return std::nullopt;
    if (!where.group.empty())
        path.insert(path.begin(), where.group);
    auto hit = table_.find(path);
    if (!hit)
        return std::nullopt;
    call what;
    what.operation = routes_[hit->route].operation;
    what.counters = counters_[hit->route];
    what.params = std::move(hit->variables);
    for (auto& one : target.query)
        what.params.push_back(std::move(one));
    return what;
}

// For pages of other origins, those that are welcome (CORS).
void rest_gateway::allow_origin(const http_request& request, http_response& answer) const
{
    if (origins_.none())
        return;
    if (!origins_.any())
        answer.headers.emplace_back("Vary", "Origin");
    const auto origin = find_header(request.headers, "Origin");
    if (!origins_.has(origin))
        return;
    answer.headers.emplace_back("Access-Control-Allow-Origin", origins_.any() ? "*" : origin);
    answer.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Age, Retry-After");
    if (request.method == "OPTIONS") {
        answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
        answer.headers.emplace_back("Access-Control-Allow-Headers", "If-None-Match");
        answer.headers.emplace_back("Access-Control-Max-Age", "86400");
    }
}

// `?timeout=` is on every route under the prefix: seconds, up to the server's own.
std::optional<http_response> rest_gateway::read_timeout(call& what) const
{
    const auto is_timeout = [](const auto& one) { return one.first == "timeout"; };
    const auto found = std::find_if(what.params.begin(), what.params.end(), is_timeout);
    if (found == what.params.end())
        return std::nullopt;
    if (std::any_of(found + 1, what.params.end(), is_timeout))
        return problem_answer(error::invalid_params, "timeout: given more than once");
    const auto seconds = protocol::real_number(found->second);
    if (!seconds || !(*seconds > 0))
        return problem_answer(error::invalid_params, "timeout: must be a number of seconds above zero");
    const auto most = context_.ticks.timeout();
    const double wanted = std::min(*seconds * 1000, static_cast<double>(most.count()));
    what.timeout = std::chrono::milliseconds(std::max<long long>(1, std::llround(wanted)));
    what.params.erase(found);
    return std::nullopt;
}

// Of what the address may have, then of what the server has: who waits for its own keeps nobody else waiting.
asio::awaitable<bool> rest_gateway::take_shares(reply_account* account)
{
    const auto deadline = std::chrono::steady_clock::now() + context_.ticks.timeout();
    const std::array budgets{account->of_address, context_.replies};
    for (const auto& budget : budgets) {
        if (!budget)
            continue;
        auto acquiring = budget->acquire(settings_.max_reply_size, deadline);
        auto given = co_await std::move(acquiring);
        if (!given)
            co_return false;
        account->held.push_back(std::move(*given));
    }
    co_return true;
}

asio::awaitable<http_response> rest_gateway::run(call what, std::string if_none_match, reply_account* account)
{
    const std::size_t held_before = account ? account->held.size() : 0;
    if (account && what.operation->unbounded && what.operation->reads_cache) {
        auto taking = take_shares(account);
        const bool taken = co_await std::move(taking);
        if (!taken) {
            account->held.resize(held_before);
            co_return problem_answer(503, "too many replies are in progress", wire_name(error::timeout));
        }
    }
    const auto& operation = *what.operation;
    const auto begin = std::chrono::steady_clock::now();
    const in_flight counted(context_.metrics);
    outcome done;
    std::exception_ptr thrown;
    try {
        auto running = run_in_time(std::move(what));
        done = co_await std::move(running);
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted) {
            context_.metrics->abandoned(operation);
            throw; // whoever asked has gone
        }
        thrown = std::current_exception();
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown)
        done = failure_of(thrown);
    bound_result(done, operation, settings_.max_reply_size);
    context_.metrics->answered(operation, done, std::chrono::steady_clock::now() - begin);
    auto found = answer_of(std::move(done), if_none_match);
    for (auto i = held_before; account && i < account->held.size(); ++i)
        account->held[i].resize(found.body.size());
    co_return found;
}

asio::awaitable<outcome> rest_gateway::run_in_time(call what)
{
    const auto timeout = what.timeout;
    auto running = run_spellings(std::move(what));
    if (!timeout)
        co_return co_await std::move(running);
    auto bounded = fullon_coro::with_deadline(*timeout, std::move(running));
    co_return co_await std::move(bounded);
}

http_response rest_gateway::answer_of(outcome found, std::string_view if_none_match) const
{
    if (found.failure)
        return problem_answer(*found.failure, found.text);
    const auto tagged = found.undated.empty() ? found.result : std::move(found.undated);
    const auto age = protocol::age_of(found.data_time, fullon_orm::now_seconds());
    auto answer = json_answer(std::move(found.result), tagged, if_none_match);
    if (age)
        answer.headers.emplace_back("Age",
                                    std::to_string(static_cast<long long>(std::min(*age, 2147483647.0))));
    return answer;
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

} // namespace fullon_cache_api::detail
